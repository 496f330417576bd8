"""An administrator's customers: found, read and helped; what is done to one is said before, and done to nobody else."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.finding.services import update_person
from accounts.identity.services.groups import create_group
from accounts.models import Account, Activity, Block, CustomerView, GroupMember
from applications.models import Application, RoleAssignment
from audit.models import Event
from audit.services import Actor
from common.database.deadlines import TooSlow
from common.database.keyset import PAGE_SIZE
from common.text.email_address import canonical_email
from oidc.models import Consent
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.models import MailLink, UserFlow

pytestmark = pytest.mark.django_db
LIST = "/tenants/acme/customers/"
WRONG_TRIES = 5


def page_of(account: Account, part: str = "") -> str:
    return f"{LIST}{account.pk}/{part}"


def text(browser: Browser, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def names(browser: Browser, query: str = "") -> list[str]:
    return [account.email for account, *_ in browser.get(f"{LIST}{query}").context.get("rows", [])]


def read(account: Account, tenant: Tenant) -> Account:
    with tenant_context(tenant):
        return Account.objects.get(pk=account.pk)


def events(tenant: Tenant, action: str) -> list[Event]:
    with tenant_context(tenant):
        return list(Event.objects.filter(action=action))


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_newest_customers_come_first_and_the_number_is_told(
    ada_portal: Browser, carol: Account, dan: Account
) -> None:
    assert names(ada_portal) == [dan.email, carol.email]
    assert "2 customers" in text(ada_portal, LIST)
    assert names(ada_portal, "?q=cart") == names(ada_portal, "?state=active") == [carol.email]


def test_every_customer_is_reached_and_the_way_back_too(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        emails = [f"c{number:03}@acme.example" for number in range(PAGE_SIZE + 5)]
        for account in Account.objects.bulk_create(
            Account(email=e, canonical_email=canonical_email(e)) for e in emails
        ):
            update_person(account, [])
    first = ada_portal.get(f"{LIST}?sort=email&q=acme").context["page"]
    second = ada_portal.get(first.next_url).context["page"]

    read_emails = [entry.account.email for page in (first, second) for entry in page.rows]
    assert read_emails == [*emails, "carol@acme.example", "dan@acme.example"]
    back = ada_portal.get(second.previous_url).context["page"]
    assert [entry.pk for entry in back.rows] == [entry.pk for entry in first.rows]
    assert not back.previous_url


def test_each_filter_is_a_chip_that_can_be_taken_away(ada_portal: Browser, carol: Account) -> None:
    shown = text(ada_portal, f"{LIST}?attribute=LOYALTYnumber=c-1001&verified=yes&q=carol")

    assert carol.email in shown
    assert 'href="/tenants/acme/customers/?q=carol&amp;verified=yes"' in shown
    assert 'href="/tenants/acme/customers/?q=carol&amp;attribute=LOYALTYnumber%3Dc-1001"' in shown


@pytest.mark.parametrize(
    "query",
    [
        "state=owner",
        "verified=1",
        f"group={uuid4()}",
        "group=x' OR 1=1",
        "country=XX",
        "application=nobody",
        "attribute=password=x",
        "attribute=email=carol@acme.example",
        "up_from=soon",
        "up_from=9999-99-99",
        "sort=password",
        "language=tlh",
        "columns=password,__class__",
        "q=%00",
        "password=x",
        "account__password__startswith=a",
    ],
)
def test_p21_a_filter_nobody_offers_filters_nothing_and_says_so(
    ada_portal: Browser, carol: Account, query: str
) -> None:
    answer = ada_portal.get(f"{LIST}?{query}")

    assert answer.status_code == 200
    assert carol.email in answer.content.decode()
    is_told = query.partition("=")[0] not in {"columns", "q", "password", "account__password__startswith"}
    assert ("was left out" in answer.content.decode()) == is_told


@pytest.mark.parametrize("cursor", ["after=x", "before=x", "after=" + "A" * 400, "before=%00", "after=0"])
def test_p21_a_forged_place_in_the_list_does_not_exist(ada_portal: Browser, cursor: str) -> None:
    assert ada_portal.get(f"{LIST}?{cursor}").status_code == 404


def test_an_id_leads_straight_to_the_customer(ada_portal: Browser, carol: Account, eve: Account) -> None:
    assert ada_portal.get(f"{LIST}?q={carol.pk}").headers["Location"] == page_of(carol)
    assert (
        ada_portal.get(f"{LIST}?q=loyaltyNumber=C-1001").headers["Location"]
        == f"{LIST}?attribute=loyaltyNumber%3DC-1001"
    )
    assert "Nobody found" in text(ada_portal, f"{LIST}?q={eve.pk}")


def test_columns_are_remembered_for_each_administrator(ada_portal: Browser, olga_portal: Browser, acme: Tenant) -> None:
    ada_portal.post(f"{LIST}columns", {"column": ["id", "attribute:loyaltyNumber", "password"]})

    assert "C-1001" in text(ada_portal, LIST)
    assert "Last sign-in</th>" not in text(ada_portal, LIST)
    assert "C-1001" in text(ada_portal, f"{LIST}?columns=attribute:loyaltyNumber")


def test_a_view_is_saved_for_oneself_or_for_all(ada_portal: Browser, grace_portal: Browser, acme: Tenant) -> None:
    query = "state=blocked&columns="
    ada_portal.post(f"{LIST}views/?{query}", {"name": "Trouble", "is_shared": ""})
    assert "There is" not in text(ada_portal, LIST)
    assert "Trouble" in text(ada_portal, LIST)
    again = ada_portal.post(f"{LIST}views/?{query}", {"name": "TROUBLE"}).content.decode()
    assert "You have a view of this name already." in again
    with tenant_context(acme):
        view = CustomerView.objects.get()
    assert "state=blocked" in view.query
    assert "columns=state%2Clast_sign_in" in view.query
    with tenant_context(acme):
        foreign = CustomerView.objects.create(administrator_id=uuid4(), name="Private", query="")
    assert "Private" not in text(ada_portal, LIST)
    assert ada_portal.post(f"{LIST}views/{foreign.pk}/delete").status_code == 404
    ada_portal.post(f"{LIST}views/{view.pk}/delete")
    text(ada_portal, LIST)
    assert "Trouble" not in text(ada_portal, LIST)


def test_a_question_that_takes_too_long_is_given_up_in_a_sentence(
    ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*_args: object, **_kwargs: object) -> None:
        raise TooSlow

    monkeypatch.setattr("portal.views.customers.listing.list_page", too_slow)
    shown = text(ada_portal, f"{LIST}?q=carol&verified=yes")

    assert "This would take too long" in shown
    assert "Remove the filter Email address: Verified" in shown


# --- Whose customers --------------------------------------------------------------------------------------------------


def test_p29_the_home_tenant_has_no_customers_to_take_over(olga_portal: Browser, ada: Account) -> None:
    """Operators and owners are accounts of the home tenant: whoever could mail themselves a link would become one."""
    for part in (
        "",
        "invite/",
        "new/",
        f"{ada.pk}/",
        f"{ada.pk}/email/",
        f"{ada.pk}/password/link/",
        f"{ada.pk}/purge/",
    ):
        for send in (olga_portal.get, olga_portal.post):
            assert send(f"/tenants/home/customers/{part}").status_code == 404
    assert "/tenants/home/customers/" not in text(olga_portal, "/tenants/home/")


def test_p02_a_customer_of_another_tenant_is_nobody_here(
    ada_portal: Browser, grace_portal: Browser, carol: Account, eve: Account
) -> None:
    assert ada_portal.get(page_of(eve)).status_code == 404
    assert grace_portal.get(page_of(carol)).status_code == 404
    assert ada_portal.post(page_of(eve, "block/"), {"reason": "x"}).status_code == 404


def test_p24_what_a_customer_calls_themselves_is_text(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    script = "<script>alert(1)</script>"
    with tenant_context(acme):
        carol.display_name = carol.surname = carol.city = script
        update_person(carol, ["display_name", "surname", "city"])
        Block.objects.create(account=carol, reason=script, by=script)
    pages = [LIST, f"{LIST}?q=<script", f"{LIST}?attribute=city={script}", f"{LIST}?columns=attribute:city"]
    pages += [page_of(carol, part) for part in ("", "sign-in/", "activity/", "block/", "email/", "purge/")]
    for url in pages:
        assert script not in text(ada_portal, url)


# --- One customer -----------------------------------------------------------------------------------------------------


def test_a_profile_is_changed_and_what_is_wrong_stands_at_its_field(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    answer = ada_portal.post(page_of(carol), {"givenName": "x" * 65, "attribute-loyaltyNumber": "C-2"})
    assert "Use 64 characters or fewer" in answer.content.decode()
    assert 'value="C-2"' in answer.content.decode()

    ada_portal.post(page_of(carol), {"givenName": "Caroline", "country": "FR", "language": "fr", "city": "Lyon"})

    changed = read(carol, acme)
    assert (changed.given_name, changed.country, changed.language, changed.city) == ("Caroline", "FR", "fr", "Lyon")
    assert changed.custom_attributes == {}
    assert set(events(acme, "customer.profile_changed")[0].details["attributes"]) >= {"givenName", "language"}
    assert names(ada_portal, "?country=FR&language=fr&q=caroline") == [carol.email]


def test_a_browser_is_signed_out_and_then_all(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    browsers = [Customer(acme), Customer(acme)]
    for browser in browsers:
        browser.sign_in(carol.email)
    sids = re.findall(r'name="session" value="([^"]+)"', text(ada_portal, page_of(carol, "sign-in/")))
    assert len(sids) == 2

    ada_portal.post(page_of(carol, "sign-in/end"), {"session": sids[0]})
    assert sorted(browser.is_signed_in for browser in browsers) == [False, True]
    assert "signed out of 1 browser " in text(ada_portal, page_of(carol, "sign-in/end-all/"))
    ada_portal.post(page_of(carol, "sign-in/end-all/"))
    assert not any(browser.is_signed_in for browser in browsers)


def test_groups_and_roles_come_and_go(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    from applications.description import Role
    from applications.services.roles import define_role

    with tenant_context(acme):
        group = create_group(name="Wholesale", actor=Actor.command())
        role = define_role(Application.objects.get(name="Bookshop"), Role("buyer", "Buyer"), actor=Actor.command())
    ada_portal.post(page_of(carol, "groups/add"), {"group": str(group.pk)})
    ada_portal.post(page_of(carol, "roles/add"), {"role": str(role.pk)})

    shown = text(ada_portal, page_of(carol, "groups/"))
    assert "Wholesale" in shown
    assert "Buyer" in shown
    assert names(ada_portal, f"?group={group.pk}") == [carol.email]
    with tenant_context(acme):
        assignment = RoleAssignment.objects.get(account=carol)
    ada_portal.post(page_of(carol, f"groups/{group.pk}/leave"))
    ada_portal.post(page_of(carol, f"roles/{assignment.pk}/take"))
    with tenant_context(acme):
        assert not GroupMember.objects.filter(account=carol).exists()
        assert not RoleAssignment.objects.filter(account=carol).exists()


def test_what_a_customer_allows_an_application_is_taken_back(
    ada_portal: Browser, acme: Tenant, carol: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        Consent.objects.create(account=carol, application=bookshop, scopes=["email"], given_at=timezone.now())
    assert "Bookshop" in text(ada_portal, page_of(carol, "applications/"))

    ada_portal.post(page_of(carol, f"applications/{bookshop.client_id}/end"))

    assert "No application" in text(ada_portal, page_of(carol, "applications/"))
    event = events(acme, "customer.consent_withdrawn")[0]
    assert (event.actor_kind, event.account_id) == ("administrator", carol.pk)


def test_what_happened_is_told_in_words(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    Customer(acme).sign_in(carol.email, "not the password at all")

    shown = text(ada_portal, page_of(carol, "activity/"))
    assert "<bdi>carol@acme.example</bdi> couldn't sign in with a password".replace("'", "&#x27;") in shown
    assert "Wrong password" in shown
    assert "created the customer" in shown


def test_the_last_sign_in_is_shown_once_the_worker_has_noted_it(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    assert "Not known yet" in text(ada_portal, page_of(carol))
    with tenant_context(acme):
        Activity.objects.create(account=carol, last_sign_in_at=timezone.now() - timedelta(days=3), sign_ins=7)

    assert "3 days ago" in text(ada_portal, page_of(carol))
    assert "3 days ago" in text(ada_portal, LIST)
    assert names(ada_portal, "?sort=seen") == [carol.email]
    assert names(ada_portal, "?seen=never") == ["dan@acme.example"]


# --- What is done to one ----------------------------------------------------------------------------------------------


def test_a_blocked_customer_reads_what_a_stranger_reads(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    signed_in = Customer(acme)
    signed_in.sign_in(carol.email)
    ada_portal.post(page_of(carol, "block/"), {"reason": "Chargebacks", "lasts": "1d"})

    assert not signed_in.is_signed_in
    told = []
    for email in (carol.email, "nobody@acme.example"):
        customer = Customer(acme)
        customer.sign_in(email)
        told.append(re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', customer.text))
    assert told[0] == told[1]
    shown = text(ada_portal, page_of(carol))
    assert "Chargebacks" in shown
    assert "Blocked" in shown
    assert events(acme, "customer.disabled")[-1].details["reason"] == "Chargebacks"


def test_a_block_ends_by_itself_or_by_a_person(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    ada_portal.post(page_of(carol, "block/"), {"reason": "", "lasts": "1h"})
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(blocked_until=timezone.now() - timedelta(seconds=1))
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert customer.is_signed_in

    ada_portal.post(page_of(carol, "block/"), {"reason": "", "lasts": ""})
    assert not customer.is_signed_in
    ada_portal.post(page_of(carol, "unblock/"))
    assert Customer(acme).sign_in(carol.email).status_code == 200
    assert "Nothing was done" in ada_portal.get(page_of(carol, "unblock/"), follow=True).content.decode()


def test_a_lockout_is_seen_beside_a_block_and_lifted(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    locked_out = Customer(acme)
    for _ in range(WRONG_TRIES):
        locked_out.sign_in(carol.email, "not the password at all")
    assert locked_out.sign_in(carol.email).status_code == 429

    assert names(ada_portal, "?state=locked") == [carol.email]
    ada_portal.post(page_of(carol, "block/"), {"reason": "", "lasts": ""})
    shown = text(ada_portal, page_of(carol, "sign-in/"))
    assert "Blocked" in shown
    assert "Too many wrong passwords were tried from one network" in shown
    ada_portal.post(page_of(carol, "unblock/"))
    ada_portal.post(page_of(carol, "unlock/"))

    assert names(ada_portal, "?state=locked") == []
    locked_out.sign_in(carol.email)
    assert locked_out.is_signed_in
    assert events(acme, "customer.unlocked")[0].details["limits"] == ["passwords by account and address"]


def test_another_address_is_told_to_the_old_one_and_shuts_its_ways(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    resetting = Customer(acme)
    resetting.visit("/reset/")
    resetting.submit({"email": carol.email})
    run_jobs()
    resetting.submit({"code": resetting.code_from_mail(carol.email)})
    assert "Choose a new password" in resetting.text

    taken = ada_portal.post(page_of(carol, "email/"), {"email": "Dan@acme.example"}).content.decode()
    assert "A customer with this address exists." in taken
    ada_portal.post(page_of(carol, "email/"), {"email": "carol@new.example"})
    run_jobs()

    assert not read(carol, acme).email_verified
    with tenant_context(acme):
        notice = mails_to("carol@acme.example")[0]
    assert "was changed" in notice.subject
    assert "carol@new.example" not in notice.text
    resetting.submit({"password": "a wholly different password"})
    assert not resetting.is_signed_in
    assert Customer(acme).sign_in("carol@new.example").status_code == 200
    assert names(ada_portal, "?q=@new.example") == [carol.email.replace("acme", "new")]


def test_a_password_is_removed_or_has_to_be_changed(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    ada_portal.post(page_of(carol, "password/require/"))
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Choose a new password" in customer.text
    assert not customer.is_signed_in
    assert "This is your password already" in _shown(customer.submit({"password": PASSWORD}))
    customer.submit({"password": "a wholly different password"})
    assert customer.is_signed_in

    ada_portal.post(page_of(carol, "password/remove/"))
    assert not customer.is_signed_in
    assert "Incorrect email or password" in _shown(_signing_in(acme, carol, "a wholly different password"))


def test_who_knew_the_old_password_chooses_no_new_one_once_it_is_gone(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    """Eve waits on the page of the new password that was required, until the owner has another."""
    ada_portal.post(page_of(carol, "password/require/"))
    waiting = Customer(acme)
    waiting.sign_in(carol.email)
    ada_portal.post(page_of(carol, "password/remove/"))

    waiting.submit({"password": "the password of Eve"})

    assert not waiting.is_signed_in
    assert not read(carol, acme).has_usable_password()


def test_a_deleted_customer_comes_back_within_thirty_days(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    ada_portal.post(page_of(carol, "delete/"))
    assert names(ada_portal) == ["dan@acme.example"]
    assert names(ada_portal, "?state=deleted") == [carol.email]
    assert "can be restored until" in text(ada_portal, page_of(carol))

    ada_portal.post(page_of(carol, "restore/"))
    assert Customer(acme).sign_in(carol.email).status_code == 200
    ada_portal.post(page_of(carol, "delete/"))
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    late = ada_portal.post(page_of(carol, "restore/"), follow=True)
    assert "The 30 days are over" in late.content.decode()


def test_nobody_is_removed_for_good_by_a_slip(
    ada_portal: Browser, acme: Tenant, carol: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        Consent.objects.create(account=carol, application=bookshop, scopes=[], given_at=timezone.now())
    ada_portal.post(page_of(carol, "purge/"), {"typed_name": "dan@acme.example"})
    assert read(carol, acme).email == carol.email

    ada_portal.post(page_of(carol, "purge/"), {"typed_name": carol.email})

    with tenant_context(acme):
        assert not Account.objects.filter(pk=carol.pk).exists()
        assert not Consent.objects.filter(account_id=carol.pk).exists()
    assert ada_portal.get(page_of(carol)).status_code == 404


# --- Invitations ------------------------------------------------------------------------------------------------------

KIM = "kim@acme.example"


def invite(portal: Browser, acme: Tenant, **details: str) -> Account:
    portal.post(f"{LIST}invite/", {"email": KIM, "givenName": "Kim", "surname": "", "language": "", **details})
    run_jobs()
    with tenant_context(acme):
        return Account.objects.with_email(KIM).get()


def link_in_mail(acme: Tenant, email: str = KIM) -> str:
    with tenant_context(acme):
        found = re.search(r"/t/acme(/link/\S+)", mails_to(email)[0].text)
    assert found
    return found[1]


def test_an_invited_customer_proves_the_address_and_chooses_a_password(ada_portal: Browser, acme: Tenant) -> None:
    account = invite(ada_portal, acme, language="de")
    assert names(ada_portal, "?state=invited") == [KIM]
    with tenant_context(acme):
        assert "eingeladen" in mails_to(KIM)[0].subject
    kim = Customer(acme)
    kim.visit(link_in_mail(acme))
    kim.visit(link_in_mail(acme))
    assert not read(account, acme).email_verified

    kim.submit()
    assert "Choose a new password" in kim.text
    kim.submit({"password": PASSWORD})

    assert kim.is_signed_in
    assert read(account, acme).email_verified
    assert names(ada_portal, "?state=invited") == []
    assert [event.actor_kind for event in events(acme, "customer.invitation_accepted")] == ["customer"]


def test_an_invited_customer_of_a_flow_without_passwords_is_let_in(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        UserFlow.objects.filter(is_default=True).update(methods=["code"])
    invite(ada_portal, acme)
    kim = Customer(acme)
    kim.visit(link_in_mail(acme))
    kim.submit()

    assert kim.is_signed_in


@pytest.mark.parametrize("way", ["used", "again", "withdrawn", "expired", "blocked", "another address"])
def test_p08_a_link_is_good_once_and_only_for_whom_it_was_meant(ada_portal: Browser, acme: Tenant, way: str) -> None:
    account = invite(ada_portal, acme)
    link = link_in_mail(acme)
    if way == "used":
        Customer(acme).browser.post(link)
    elif way == "again":
        ada_portal.post(page_of(account, "invitation/again/"))
        run_jobs()
    elif way == "withdrawn":
        ada_portal.post(page_of(account, "invitation/withdraw/"))
    elif way == "expired":
        with tenant_context(acme):
            MailLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif way == "blocked":
        ada_portal.post(page_of(account, "block/"), {"reason": "", "lasts": ""})
    else:
        ada_portal.post(page_of(account, "email/"), {"email": "kim@elsewhere.example"})
    late = Customer(acme)

    for send in (late.browser.get, late.browser.post):
        answer = send(link)
        assert answer.status_code == 410
        assert KIM not in answer.content.decode()
    assert not late.is_signed_in


def test_p08_a_link_of_another_tenant_or_of_nobody_opens_nothing(
    ada_portal: Browser, acme: Tenant, globex: Tenant
) -> None:
    invite(ada_portal, acme)
    link = link_in_mail(acme)

    assert Browser(globex).post(link).status_code == 410
    assert Browser(acme).post("/link/x/").status_code == 410
    with tenant_context(acme):
        assert link.split("/")[2] not in str(MailLink.objects.values().get())


def test_a_withdrawn_invitation_leaves_the_address_free(ada_portal: Browser, acme: Tenant) -> None:
    account = invite(ada_portal, acme)
    ada_portal.post(page_of(account, "invitation/withdraw/"))

    assert ada_portal.get(page_of(account)).status_code == 404
    assert invite(ada_portal, acme).pk != account.pk


def test_a_customer_gets_a_link_to_a_new_password(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    ada_portal.post(page_of(carol, "password/link/"))
    run_jobs()
    assert "A link to a new one was sent" in text(ada_portal, page_of(carol, "sign-in/"))
    assert Customer(acme).sign_in(carol.email).status_code == 200
    customer = Customer(acme)
    customer.visit(link_in_mail(acme, carol.email))
    customer.submit()
    customer.submit({"password": "a wholly different password"})

    assert customer.is_signed_in
    assert "Incorrect" in _shown(_signing_in(acme, carol, PASSWORD))


def test_a_customer_is_created_without_a_mail_and_without_a_password(ada_portal: Browser, acme: Tenant) -> None:
    again = ada_portal.post(
        f"{LIST}new/", {"email": "not an address", "givenName": "Kim", "surname": "", "language": ""}
    )
    assert "Enter one plain email address." in again.content.decode()
    assert 'value="Kim"' in again.content.decode()

    ada_portal.post(f"{LIST}new/", {"email": KIM, "givenName": "Kim", "language": "", "email_verified": "on"})

    with tenant_context(acme):
        account = Account.objects.with_email(KIM).get()
        assert not mails_to(KIM)
    assert account.email_verified
    assert not account.has_usable_password()
    assert "A customer with this address exists." in _shown(ada_portal.post(f"{LIST}new/", {"email": KIM.upper()}))


def _signing_in(acme: Tenant, account: Account, password: str) -> Any:
    return Customer(acme).sign_in(account.email, password)


def _shown(answer: Any) -> str:
    return answer.content.decode()
