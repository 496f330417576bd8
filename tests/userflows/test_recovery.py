"""Getting back in: by a code, by a new password, after an expired page, in another tab."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from mail.models import Message
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.journeys.progress import sweep_journeys
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a wholly different password"


def _use_methods(acme: Tenant, *methods: str) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, name=flow.name, methods=methods, allows_sign_up=True, actor=Actor.command())


def test_carol_chooses_a_new_password(acme: Tenant, carol: Account) -> None:
    elsewhere = Customer(acme)
    elsewhere.sign_in(carol.email)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.switch("reset")
    assert carol.email in customer.text
    customer.submit({"email": carol.email})
    run_jobs()
    customer.submit({"code": customer.code_from_mail(carol.email)})
    customer.submit({"password": NEW_PASSWORD})
    assert customer.is_signed_in
    assert not elsewhere.is_signed_in
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "Your password for Acme was changed"
    again = Customer(acme)
    again.sign_in(carol.email)
    assert not again.is_signed_in
    again.sign_in(carol.email, NEW_PASSWORD)
    assert again.is_signed_in


@pytest.mark.parametrize("address", ["nobody@acme.example", "dan@acme.example", "eve@globex.example"])
def test_a_reset_for_an_address_without_account_takes_the_same_course(
    acme: Tenant, carol: Account, address: str
) -> None:
    """A-04: the same pages, and no code that opens anything. Dan, who is blocked, is mailed that."""
    pages = []
    for email in (carol.email, address):
        customer = Customer(acme)
        customer.visit("/reset/")
        customer.submit({"email": email})
        pages.append(customer.text.count("<"))
        run_jobs()
        assert customer.submit({"code": "000000"}).status_code == 400
        pages.append(customer.text.count("<"))
    assert pages[:2] == pages[2:]
    with tenant_context(acme):
        assert not Message.objects.filter(to=address).exclude(kind="account_shut").exists()
        assert Message.objects.filter(to=carol.email).count() == 1


def test_a07_mail_goes_to_the_stored_address_whatever_was_typed(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/reset/")
    customer.submit({"email": "CAROL@Acme.EXAMPLE"})
    run_jobs()
    with tenant_context(acme):
        assert [message.to for message in Message.objects.all()] == [carol.email]


def test_carol_signs_in_by_code(acme: Tenant, carol: Account) -> None:
    _use_methods(acme, "code")
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert "Enter the code" in customer.text
    run_jobs()
    customer.submit({"code": customer.code_from_mail(carol.email)})
    assert customer.is_signed_in


def test_with_both_methods_one_leads_to_the_other(acme: Tenant, carol: Account) -> None:
    _use_methods(acme, "password", "code")
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert "Email me a code instead" in customer.text
    customer.submit(to="send")
    assert "Use your password instead" in customer.text
    run_jobs()
    customer.submit({"password": PASSWORD}, to="password")
    assert customer.is_signed_in


def test_a_password_flow_sends_no_code_to_sign_in_with(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit(to="send")
    run_jobs()
    with tenant_context(acme):
        assert not Message.objects.exists()
    assert "Enter your password" in customer.text


def test_a_code_flow_takes_no_password(acme: Tenant, carol: Account) -> None:
    _use_methods(acme, "code")
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD}, to="password")
    assert not customer.is_signed_in
    customer.visit("/reset/")
    assert "Sign in" in customer.text


def test_a_code_sent_to_sign_in_does_not_reset_the_password(acme: Tenant, carol: Account) -> None:
    """A-21: what was proved on one way doesn't count on another."""
    _use_methods(acme, "password", "code")
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit(to="send")
    run_jobs()
    code = customer.code_from_mail(carol.email)
    customer.switch("reset")
    customer.submit({"code": code}, to="code")
    assert "Step 1 of 3" in customer.text


def test_an_expired_page_goes_on_from_where_one_was(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/?next=/t/acme/sign-out/")
    customer.submit({"email": carol.email})
    with tenant_context(acme):
        Journey.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    page = customer.submit({"password": PASSWORD})
    assert page.status_code == 410
    assert "This page has expired" in customer.text
    customer.submit(to="again")
    assert carol.email in customer.text
    customer.submit({"password": PASSWORD})
    assert customer.path == "/t/acme/sign-out/"


def test_a_second_press_and_the_back_button_lead_on(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    step = customer.path
    customer.submit({"password": PASSWORD})
    customer.visit(step)
    assert "Your profile" in customer.text
    customer.path = step
    customer.submit({"password": PASSWORD})
    assert "Your profile" in customer.text


def test_two_tabs_are_two_journeys(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    first = customer.path
    customer.visit("/sign-up/")
    customer.submit({"email": "new@acme.example"})
    customer.path = first
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert customer.is_signed_in


def test_journeys_that_are_over_are_swept(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    with tenant_context(acme):
        assert sweep_journeys() == 0
        Journey.objects.update(expires_at=timezone.now() - timedelta(days=2))
        assert sweep_journeys() == 1


def test_carol_changes_her_profile(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    customer.visit("/profile/")
    assert 'value="C-1001"' in customer.text
    customer.submit({"givenName": "Caroline", "surname": "", "loyaltyNumber": "C-1002", "email": "x@y.example"})
    assert "Changes saved." in customer.text
    with tenant_context(acme):
        changed = Account.objects.get(pk=carol.pk)
    assert (changed.given_name, changed.surname, changed.email) == ("Caroline", "", carol.email)
    assert changed.custom_attributes == {"loyaltyNumber": "C-1002"}


def test_the_profile_asks_to_sign_in_first(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/")
    assert "Sign in" in customer.text
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert "Your profile" in customer.text


def test_others_who_ask_for_codes_keep_nobody_from_one_in_a_browser_that_is_known(acme: Tenant, carol: Account) -> None:
    """A-13: not by asking for all that may be sent, nor by typing wrong ones in."""
    owner = Customer(acme)
    owner.sign_in(carol.email)
    stranger = Customer(acme)
    stranger.visit("/reset/")
    statuses = [stranger.submit({"email": carol.email}).status_code]
    statuses += [stranger.submit(to="send").status_code for _ in range(5)]
    run_jobs()
    statuses += [stranger.submit({"code": "000000"}).status_code for _ in range(5)]
    assert 429 in statuses
    owner.visit("/reset/")
    owner.submit({"email": carol.email})
    run_jobs()
    assert owner.submit({"code": owner.code_from_mail(carol.email)}).status_code == 200
    assert "new password" in owner.text
