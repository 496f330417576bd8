"""Whoever gives an address gets in by it: with an account or without one, to sign in or to sign up."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import delete_account
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
NEW = "new@acme.example"
DETAILS = {"givenName": "Nora", "surname": "New"}
COMMAND = Actor.command()


@pytest.fixture
def by_code(acme: Tenant) -> None:
    """Acme's customers have no passwords."""
    _change(acme, "code")


def _change(acme: Tenant, *methods: str, allows_sign_up: bool = True) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, name=flow.name, methods=methods, allows_sign_up=allows_sign_up, actor=COMMAND)


def _asks_for_code(acme: Tenant, email: str, *, page: str = "/sign-in/") -> Customer:
    customer = Customer(acme)
    customer.visit(page)
    customer.submit({"email": email})
    assert customer.path.endswith("/code/")
    run_jobs()
    return customer


def _code_in(acme: Tenant, email: str) -> str:
    with tenant_context(acme):
        found = re.search(r"Your code: (\d{6})", mails_to(email)[0].text)
    assert found
    return found[1]


def test_an_address_without_an_account_makes_one_by_the_code_it_asked_for(acme: Tenant, by_code: None) -> None:
    customer = _asks_for_code(acme, NEW)
    with tenant_context(acme):
        assert "Use it to create your account." in mails_to(NEW)[0].text
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert "<h1>Complete your account</h1>" in customer.text
    assert "Step 3 of 3" in customer.text
    customer.submit(DETAILS)
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Account.objects.get(canonical_email=NEW).email_verified


def test_the_page_after_the_address_does_not_tell_who_has_an_account(
    acme: Tenant, carol: Account, by_code: None
) -> None:
    pages = []
    for email in (carol.email, NEW, "dan@acme.example"):
        customer = _asks_for_code(acme, email)
        customer.submit({"code": "000000"})
        text = customer.text.replace(email, "ADDRESS")
        pages.append(re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|name="csrfmiddlewaretoken" value="[^"]+"', "", text))
    assert pages[0] == pages[1] == pages[2]


@pytest.mark.parametrize("methods", [("code",), ("link",), ("code", "link")])
def test_one_page_is_for_those_with_an_account_and_those_without(acme: Tenant, methods: tuple[str, ...]) -> None:
    _change(acme, *methods)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    assert "<h1>Sign in or sign up</h1>" in customer.text
    assert "Don't have an account?" not in customer.text
    _change(acme, *methods, allows_sign_up=False)
    customer.visit("/sign-in/")
    assert "<h1>Sign in</h1>" in customer.text


def test_an_address_without_an_account_costs_the_same_statements(acme: Tenant, carol: Account) -> None:
    """A-03: what somebody could time is done in either case, for codes and links alike; mail is written elsewhere."""
    _change(acme, "code", "link")
    costs = []
    for email in (carol.email, NEW, "dan@acme.example"):
        customer = Customer(acme)
        customer.visit("/sign-in/")
        counted = []
        for fields in ({"email": email}, {"code": "000000"}):
            with CaptureQueriesContext(connection) as queries:
                customer.submit(fields)
            counted.append(len(queries))
        costs.append(counted)
    assert costs[0] == costs[1] == costs[2]


def test_a_code_asked_for_instead_of_a_password_leads_on_as_well(acme: Tenant) -> None:
    _change(acme, "password", "code")
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": NEW})
    customer.submit(to="send")
    run_jobs()
    customer.submit({"code": customer.code_from_mail(NEW)}, to="code")
    assert "<h1>Complete your account</h1>" in customer.text


def test_without_sign_up_an_unknown_address_gets_no_mail_and_no_way_in(acme: Tenant) -> None:
    _change(acme, "code", allows_sign_up=False)
    customer = _asks_for_code(acme, NEW)
    assert "If this address has an account" in customer.text
    with tenant_context(acme):
        assert mails_to(NEW) == []


@pytest.mark.parametrize(
    ("page", "method"), [("/sign-in/", "code"), ("/sign-in/", "link"), ("/sign-up/", "code"), ("/reset/", "password")]
)
def test_a_blocked_owner_reads_so_and_of_no_way_in(acme: Tenant, dan: Account, page: str, method: str) -> None:
    """Dan can't make his account anew, and whoever types his address sees what they see for any other."""
    _change(acme, method)
    asking = _asks_for_code(acme, dan.email, page=page)
    assert "blocked" not in asking.text
    with tenant_context(acme):
        (mail,) = mails_to(dan.email)
    assert mail.subject == "Your account at Acme is blocked"
    assert "You can't sign in to your account while it's blocked." in mail.text
    assert not re.search(r"\b\d{6}\b|/sign-in/|/reset/|/open/", mail.text)


def test_a_deleted_owner_reads_until_when_it_can_be_had_back(acme: Tenant, carol: Account, by_code: None) -> None:
    with tenant_context(acme):
        delete_account(carol, actor=COMMAND)
        Account.objects.filter(pk=carol.pk).update(deleted_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    _asks_for_code(acme, carol.email)
    with tenant_context(acme):
        (mail,) = mails_to(carol.email)
    assert mail.subject == "Your account at Acme was deleted"
    said = mail.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "deleted on November 20, 2026. Contact us before December 20, 2026, 9:30 AM UTC if you want it back." in said
    assert "Nothing has changed" not in mail.text + mail.html


def test_an_owner_who_signs_up_is_let_in_by_the_code_in_the_mail(acme: Tenant, carol: Account) -> None:
    customer = _asks_for_code(acme, "Carol@ACME.example", page="/sign-up/")
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
    assert mail.subject == "You already have an account at Acme"
    code = _code_in(acme, carol.email)
    assert code in mail.html
    customer.submit({"code": code})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Account.objects.with_email(carol.email).count() == 1
        event = Event.objects.get(action="customer.signed_in")
        assert (event.target_id, event.method) == (str(carol.pk), "code")


def test_eve_cannot_turn_the_owners_code_into_a_new_password(acme: Tenant, carol: Account) -> None:
    """A code for signing up, of which she has got hold, opens no reset: it was for another way."""
    eve = _asks_for_code(acme, carol.email, page="/sign-up/")
    code = _code_in(acme, carol.email)
    eve.switch("reset")
    eve.submit({"email": carol.email})
    assert eve.submit({"code": code}).status_code == 400
    eve.submit({"password": "a password of Eve's"}, to="new-password")
    assert not eve.is_signed_in


def test_a_code_mailed_before_there_was_an_account_does_not_sign_in_to_one_made_since(
    acme: Tenant, by_code: None
) -> None:
    """It went to the spelling Eve typed, which may be another mailbox than the owner's."""
    eve = _asks_for_code(acme, "NEW@acme.example")
    code = eve.code_from_mail("NEW@acme.example")
    owner = _asks_for_code(acme, NEW, page="/sign-up/")
    owner.submit({"code": owner.code_from_mail(NEW)})
    owner.submit(DETAILS)
    assert owner.is_signed_in
    assert eve.submit({"code": code}).status_code == 400
    assert not eve.is_signed_in


def test_where_nothing_is_asked_the_code_is_the_last_step(acme: Tenant, by_code: None) -> None:
    with tenant_context(acme):
        set_page_layout(UserFlow.objects.get(is_default=True), layout=[], actor=COMMAND)
    customer = Customer(acme)
    customer.visit("/sign-up/")
    assert "Step 1 of 2" in customer.text
    customer.submit({"email": NEW})
    run_jobs()
    assert "Step 2 of 2" in customer.text
    assert 'name="stay"' in customer.text
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.signed_up").count() == 1
