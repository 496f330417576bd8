"""Links mailed to customers: an invitation, or the way to a new password. Each is good once, for one person."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, verify_address
from accounts.models import Account, Standing
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from common.problems import Refused
from operations.customers import withdraw_invitation
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.portal.customers import LIST, events, names, page_of, read, shown_by, signing_in, text
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow, create_user_flow
from userflows.links.services import give_another_address, send_invitation_again
from userflows.models import Journey, UserFlow
from userflows.rows.mail_links import MailLink

pytestmark = pytest.mark.django_db

KIM = "kim@acme.example"
EVE = Actor("administrator", "", "eve@portal.example")


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


def test_b23_a_message_is_quoted_letter_by_letter_and_links_nowhere(ada_portal: Browser, acme: Tenant) -> None:
    hostile = 'Hello <a href="https://elsewhere.example/">click</a>\r\n{{ link }} https://elsewhere.example/'
    invite(ada_portal, acme, message=hostile)
    with tenant_context(acme):
        mail = mails_to(KIM)[0]
    assert '&lt;a href="https://elsewhere.example/"&gt;click&lt;/a&gt;<br>{{ link }} https' in mail.html
    assert '<a href="https://elsewhere.example' not in mail.html
    assert '\n> Hello <a href="https://elsewhere.example/">click</a>\n> {{ link }} https' in mail.text
    assert "\n\n\n" not in mail.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"message": "x" * 501}, "Use at most 500 characters."),
        ({"message": "Hello \u202eyou"}, "This contains invisible characters."),
        ({"client_id": "0b0c6ac4-6d4c-4f0e-9a3b-5d7a3a5f0d11"}, "Choose one of those shown for “Application”."),
    ],
)
def test_an_invitation_that_cant_go_out_so_loses_nothing_typed(
    ada_portal: Browser, acme: Tenant, wrong: dict[str, str], sentence: str
) -> None:
    page = ada_portal.post(f"{LIST}invite/", {"email": KIM, "givenName": "Kim", "message": "Dear Kim", **wrong})
    assert sentence in page.content.decode()
    assert 'value="Kim"' in page.content.decode()
    with tenant_context(acme):
        assert not Account.objects.with_email(KIM).exists()


def test_an_invitation_leads_to_an_application_and_says_why_also_when_sent_again(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        flow = create_user_flow(name="Readers", methods=("code",), actor=EVE)
        start = "https://bookshop.example/start"
        change_application(bookshop, user_flow=flow.pk, initiate_login_uri=start, actor=EVE)
    account = invite(ada_portal, acme, message="Your books wait.", client_id=bookshop.client_id)
    with tenant_context(acme):
        give_another_address(account, email="kim@new.example", actor=EVE)
        send_invitation_again(account, actor=EVE)
    run_jobs()
    with tenant_context(acme):
        assert "> Your books wait." in mails_to("kim@new.example")[0].text
    kim = Customer(acme)
    kim.visit(link_in_mail(acme, "kim@new.example"))
    leads_to = kim.browser.post(kim.path)["Location"]
    while leads_to.startswith("/"):
        leads_to = kim.browser.get(leads_to)["Location"]
    assert leads_to.startswith(f"{start}?iss=")
    assert kim.is_signed_in


def test_an_invitation_to_an_application_goes_on_after_its_hour(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        flow = create_user_flow(name="Readers", methods=("password",), actor=EVE)
        change_application(bookshop, user_flow=flow.pk, initiate_login_uri="https://bookshop.example/start", actor=EVE)
    invite(ada_portal, acme, client_id=bookshop.client_id)
    kim = Customer(acme)
    kim.visit(link_in_mail(acme))
    kim.submit()
    with tenant_context(acme):
        Journey.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert kim.submit({"password": PASSWORD}).status_code == 410
    kim.submit(to="again")
    kim.submit({"email": KIM})
    kim.submit({"code": new_code(acme, KIM)})
    leads_to = kim.browser.post(kim.path, {"password": PASSWORD})["Location"]
    while leads_to.startswith("/"):
        leads_to = kim.browser.get(leads_to)["Location"]
    assert leads_to.startswith("https://bookshop.example/start?iss=")


def test_an_invited_customer_proves_the_address_and_chooses_a_password(ada_portal: Browser, acme: Tenant) -> None:
    account = invite(ada_portal, acme, language="de")
    assert names(ada_portal, "?state=invited") == [KIM]
    with tenant_context(acme):
        assert "eingeladen" in mails_to(KIM)[0].subject
    kim = Customer(acme)
    kim.visit(link_in_mail(acme))
    kim.visit(link_in_mail(acme))
    # With none at all, browsers wouldn't say either where the form comes from, and it would be refused.
    assert kim.page["Referrer-Policy"] == "same-origin"
    assert not read(account, acme).email_verified

    kim.submit()
    assert "Choose a new password" in kim.text
    kim.submit({"password": PASSWORD})

    assert kim.is_signed_in
    assert read(account, acme).email_verified
    assert names(ada_portal, "?state=invited") == []
    assert [event.actor_kind for event in events(acme, "customer.invitation_accepted")] == ["customer"]


def test_whoever_has_left_half_way_is_waited_for_and_can_be_invited_again(ada_portal: Browser, acme: Tenant) -> None:
    account = invite(ada_portal, acme)
    kim = Customer(acme)
    kim.visit(link_in_mail(acme))
    kim.submit()
    assert "Choose a new password" in kim.text
    assert names(ada_portal, "?state=invited") == [KIM]
    first = link_in_mail(acme)
    ada_portal.post(page_of(account, "invitation/again/"))
    run_jobs()
    again = Customer(acme)
    assert again.visit(first).status_code == 410
    again.visit(link_in_mail(acme))
    again.submit()
    again.submit({"password": PASSWORD})
    assert again.is_signed_in
    assert names(ada_portal, "?state=invited") == []
    assert KIM in names(ada_portal, "?state=active")


def test_c43_whoever_left_after_choosing_a_password_and_comes_back_by_it_has_come(
    ada_portal: Browser, acme: Tenant
) -> None:
    account = invite(ada_portal, acme)
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, terms_version="1", actor=EVE)
    kim = Customer(acme)
    kim.visit(link_in_mail(acme))
    kim.submit()
    kim.submit({"password": PASSWORD})
    assert 'name="accepts-terms"' in kim.text
    assert not kim.is_signed_in
    with tenant_context(acme):
        change_user_flow(flow, terms_version="", actor=EVE)
    again = Customer(acme)
    again.sign_in(KIM)
    assert again.is_signed_in
    assert read(account, acme).email_verified
    assert names(ada_portal, "?state=invited") == []
    assert len(events(acme, "customer.invitation_accepted")) == 1


def test_c43_an_invitation_isnt_withdrawn_from_whoever_has_a_password(acme: Tenant, carol: Account) -> None:
    """As an account may stand since an earlier release."""
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(invited_at=timezone.now(), email_verified=False)
        with pytest.raises(Refused, match="no longer has an invitation"):
            withdraw_invitation(carol, actor=EVE)
        assert Account.objects.filter(pk=carol.pk).exists()


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
        kim = Customer(acme)
        kim.visit(link)
        kim.submit()
        kim.submit({"password": PASSWORD})
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
    assert "Incorrect" in shown_by(signing_in(acme, carol, PASSWORD))


def test_without_a_mail_server_no_one_reads_that_a_link_is_on_its_way(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = {"email": KIM, "givenName": "Kim", "surname": "", "language": ""}
    assert "so the link isn’t delivered" in text(ada_portal, f"{LIST}invite/")
    invited = shown_by(ada_portal.post(f"{LIST}invite/", kim, follow=True))
    with tenant_context(acme):
        account = Account.objects.with_email(KIM).get()
    resent = shown_by(ada_portal.post(f"{page_of(account)}invitation/again/", follow=True))
    for told in (invited, resent):
        assert "the email stays in the outbox and reaches no one" in told
        assert "In the outbox: no mail server is set up." in told
        assert "on its way" not in told.lower()
    monkeypatch.setattr("portal.views.mailed.keeps_messages", lambda: False)
    resent = shown_by(ada_portal.post(f"{page_of(account)}invitation/again/", follow=True))
    assert f"Another link is on its way to {KIM}." in resent


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
    exists = shown_by(ada_portal.post(f"{LIST}new/", {"email": KIM.upper()}))
    assert f'A customer with this address already exists. <a href="{page_of(account)}">Open the customer</a>' in exists


def test_c43_whoever_has_come_once_is_waited_for_no_more_whatever_becomes_of_the_address(
    ada_portal: Browser, acme: Tenant
) -> None:
    """Or an invitation could be withdrawn years later, and the customer be gone without a way back."""
    with tenant_context(acme):
        kim = create_account(email="kim@acme.example", password=None, email_verified=False, is_invited=True, actor=EVE)
        verify_address(kim)
        Account.objects.filter(pk=kim.pk).update(invited_at=timezone.now())
        give_another_address(kim, email="eve@globex.example", actor=EVE)
        assert Account.objects.get(pk=kim.pk).standing == Standing.ACTIVE
        assert not MailLink.objects.filter(account_id=kim.pk).exists()
        with pytest.raises(Refused, match="no longer has an invitation"):
            withdraw_invitation(kim, actor=EVE)
        assert Account.objects.filter(pk=kim.pk).exists()
