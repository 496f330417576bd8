"""One customer, read and helped: what is done is said before, and noted."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.credentials.policies import ELSEWHERE
from accounts.identity.services.accounts import purge_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.identity.services.groups import create_group
from accounts.models import Account, Activity, GroupMember, Session
from applications.description import Role
from applications.models import Application, AppRole, RoleAssignment
from applications.services.roles import define_role
from audit.services import Actor, Circumstances, record
from oidc.models import Consent
from portal.views.customers import tabs
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.portal.customers import LIST, events, names, page_of, read, shown_by, signing_in, text
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs

pytestmark = pytest.mark.django_db
WRONG_TRIES = 5


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


def test_a_customer_is_told_as_machines_have_them(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    script = '</code><script>alert("é")</script>'
    with tenant_context(acme):
        update_profile(carol, attributes={"city": script, "loyaltyNumber": "C-3"}, actor=Actor.command())
    page = ada_portal.get(page_of(carol)).content.decode()
    assert script not in page
    said = json.loads(unescape(page.partition("<pre><code>")[2].partition("</code>")[0]))
    assert said == said | {"id": str(carol.pk), "email": carol.email, "city": script, "loyaltyNumber": "C-3"}
    assert not {"password", "passwordHash"} & said.keys()


def test_a_customer_removed_while_the_page_is_made_is_not_found(
    ada_portal: Browser, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabs, "accepted_terms", lambda account: purge_account(account, actor=Actor.command()))
    assert ada_portal.get(page_of(carol)).status_code == 404


def test_a_user_name_is_given_by_an_administrator_and_found(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        dan = Account.objects.get(email="dan@acme.example")
        update_profile(dan, attributes={"preferred_username": "dan"}, actor=Actor.command())
    sent = {"givenName": "Carol", "preferred_username": "Dan"}
    answer = ada_portal.post(page_of(carol), sent)
    assert "This user name isn&#x27;t available. Choose another one." in answer.content.decode()
    ada_portal.post(page_of(carol), {**sent, "preferred_username": "CC.1"})
    assert read(carol, acme).user_name == "cc.1"
    assert names(ada_portal, "?q=cc.1") == [carol.email]


def test_each_type_of_attribute_has_its_input_and_lines_stay_lines(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    with tenant_context(acme):
        for name, data_type in (("born", "Date"), ("mobile", "Phone"), ("passport", "Country")):
            define_custom_attribute(name=name, data_type=data_type, actor=Actor.command())
        update_profile(carol, attributes={"streetAddress": "1 Main St\nFlat 2"}, actor=Actor.command())
    shown = text(ada_portal, page_of(carol))
    assert '<input type="date" name="attribute-born"' in shown
    assert "1 Main St\nFlat 2</textarea>" in shown
    sent = {"attribute-born": "1990-12-31", "attribute-mobile": "+49 30 901820", "attribute-passport": "NO"}
    ada_portal.post(page_of(carol), sent | {"streetAddress": "1 Main St\r\nFlat 3"})
    with tenant_context(acme):
        kept = Account.objects.get(pk=carol.pk)
    assert kept.custom_attributes == {"born": "1990-12-31", "mobile": "+4930901820", "passport": "NO"}
    assert kept.street_address == "1 Main St\nFlat 3"
    refused = ada_portal.post(page_of(carol), sent | {"attribute-mobile": "030"})
    assert "attribute-mobile" in refused.context["form"].errors


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


def test_more_groups_and_roles_than_a_list_has_room_for_are_reached_from_their_own_pages(
    ada_portal: Browser, acme: Tenant, carol: Account, bookshop: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.forms.customers.changes.MOST_CHOICES", 2)
    said = ("For another group, open it and add the customer there.", "For another role, open it in its application.")
    for number, are_all in ((2, True), (3, False)):
        with tenant_context(acme):
            for place in range(AppRole.objects.count(), number):
                create_group(name=f"Group {place}", actor=Actor.command())
                define_role(bookshop, Role(f"role{place}", f"Role {place}"), actor=Actor.command())
        shown = text(ada_portal, page_of(carol, "groups/"))
        assert [sentence in shown for sentence in said] == [not are_all, not are_all]


def test_each_application_that_a_customer_signed_in_to_is_named_the_latest_first(
    ada_portal: Browser, acme: Tenant, carol: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        reports, mobile = Application.objects.get(name="Reports"), Application.objects.get(name="Mobile")
        for application in (bookshop, reports, bookshop):
            about = Circumstances(account_id=carol.pk, client_id=application.client_id)
            record("customer.signed_in", actor=Actor.command(), circumstances=about)
    Customer(acme).sign_in(carol.email)
    with tenant_context(acme):
        Session.objects.of_account(carol.pk).update(client_ids=[mobile.client_id])

    shown = re.sub(r"</?bdi>", "", text(ada_portal, page_of(carol, "applications/")))

    assert "Signed in to, the latest first: Bookshop, Reports, Mobile." in shown
    assert "No application" in shown


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
    assert "Wrong password" in shown
    assert "Created the customer" in shown


def test_the_last_sign_in_is_shown_once_the_worker_has_noted_it(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    assert "Not known yet" in text(ada_portal, page_of(carol))
    with tenant_context(acme):
        Activity.objects.create(account=carol, last_sign_in_at=timezone.now() - timedelta(days=3), sign_ins=7)

    assert "3 days ago" in text(ada_portal, page_of(carol))
    assert "3 days ago" in text(ada_portal, LIST)
    assert names(ada_portal, "?sort=seen") == [carol.email, "dan@acme.example"]
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
    # From the message that tells so one press leads to letting them in again.
    assert shown.count("Unblock") == 2
    assert events(acme, "customer.disabled")[-1].details["reason"] == "Chargebacks"


def test_a_block_ends_by_itself_or_by_a_person(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    ada_portal.post(page_of(carol, "block/"), {"reason": "", "lasts": "1h"})
    with tenant_context(acme):
        # Longer ago than the test is under way: in its transaction now() stands still.
        Account.objects.filter(pk=carol.pk).update(blocked_until=timezone.now() - timedelta(minutes=5))
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
    for number in range(WRONG_TRIES):
        locked_out.sign_in(carol.email, f"not the password at all {number}")
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
    assert "A customer with this address already exists." in taken
    same = ada_portal.post(page_of(carol, "email/"), {"email": f" {carol.email} "}, follow=True).content.decode()
    assert "This is the address already." in same
    assert "The email address was changed." not in same
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
    assert "This is your password already" in shown_by(customer.submit({"password": PASSWORD}))
    customer.submit({"password": "a wholly different password"})
    assert customer.is_signed_in

    ada_portal.post(page_of(carol, "password/remove/"))
    assert not customer.is_signed_in
    assert "Incorrect email or password" in shown_by(signing_in(acme, carol, "a wholly different password"))


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


def test_a_password_that_is_kept_elsewhere_is_taken_away_as_well(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    """The hook is asked for it no more."""
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(password=ELSEWHERE)
    url = page_of(carol, "password/remove/")
    assert url in text(ada_portal, page_of(carol, "sign-in/"))
    ada_portal.post(url)
    assert read(carol, acme).password != ELSEWHERE
