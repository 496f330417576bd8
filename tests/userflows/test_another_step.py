"""A new way to prove oneself is a folder and a row in the table of steps: here a PIN, which nothing else knows of."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from accounts.models import Account
from applications.models import Application
from audit.models import Event
from audit.sentences import sentence_of
from common.database.caches import forget_everything
from portal.figure_names import step_names
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer
from tests.userflows.pin.step import PIN_METHOD, PIN_STEP
from userflows.journeys.registry import offer_steps
from userflows.models import Journey, UserFlow
from userflows.step_table import STEPS

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).parent / "pin" / "templates"


@pytest.fixture(autouse=True)
def pin(settings: Settings) -> Iterator[None]:
    """The row, and where its page is found."""
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], TEMPLATES]}]
    offer_steps([*STEPS, PIN_STEP])
    yield
    offer_steps(STEPS)


def _at_pin(acme: Tenant, email: str) -> Customer:
    customer = Customer(acme)
    customer.sign_in(email)
    assert "<h1>Enter your PIN</h1>" in customer.text
    return customer


def test_a_customer_proves_two_things_and_the_application_is_told_of_both(
    acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str
) -> None:
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize(login_hint=carol.email))
    customer.submit({"password": PASSWORD})
    assert "<h1>Enter your PIN</h1>" in customer.text
    assert 'name="stay"' in customer.text
    ended = customer.browser.post(customer.path, {"pin": "2468"})
    answer = answer_in(shop.browser.get(ended["Location"]))
    claims = shop.accepts(shop.exchange(answer["code"]).json()["id_token"], audience=shop.client_id)
    assert claims["sub"] == str(carol.pk)
    assert claims["amr"] == ["pin", "pwd"]
    with tenant_context(acme):
        event = Event.objects.get(action="customer.signed_in")
        assert event.method == "password+pin"
        assert sentence_of(event) == f"{carol.email} signed in to Bookshop with a password and a PIN"
    assert step_names(["password", "pin"]) == "Password or PIN"


def test_nobody_is_signed_in_before_the_pin(acme: Tenant, carol: Account) -> None:
    customer = _at_pin(acme, carol.email)
    assert not customer.is_signed_in
    customer.submit({"pin": "1234"})
    assert "That isn&#x27;t it." in customer.text
    assert not customer.is_signed_in
    with tenant_context(acme):
        journey = Journey.objects.get()
        assert (journey.finished_at, journey.account_id) == (None, carol.pk)


def test_the_pin_alone_opens_nothing(acme: Tenant, carol: Account) -> None:
    eve = Customer(acme)
    eve.visit("/sign-in/")
    eve.submit({"email": carol.email})
    eve.submit({"pin": "2468"}, to="pin")
    assert "Enter your password" in eve.text
    assert not eve.is_signed_in


def test_a_password_proves_nothing_about_the_next_address(acme: Tenant, carol: Account, eve: Account) -> None:
    """Eve has an account of her own and wants Carol's."""
    with tenant_context(acme):
        Account.objects.create(email="eve@acme.example", canonical_email="eve@acme.example", password=carol.password)
    customer = _at_pin(acme, "eve@acme.example")
    pin_page = customer.path
    customer.submit({"email": carol.email}, to="address")
    assert "Enter your password" in customer.text
    customer.path = pin_page
    customer.submit({"pin": "2468"})
    assert "Enter your password" in customer.text
    assert not customer.is_signed_in


def test_a_journey_whose_address_changed_in_another_tab_signs_nobody_in(acme: Tenant, carol: Account) -> None:
    """A row tampered with in the worst way, as by a race: what was proved for another address doesn't count."""
    customer = _at_pin(acme, carol.email)
    with tenant_context(acme):
        Journey.objects.update(email="dan@acme.example")
    customer.submit({"pin": "2468"})
    assert "Enter your password" in customer.text
    assert not customer.is_signed_in


def test_another_browser_cannot_bring_the_second_half(acme: Tenant, carol: Account) -> None:
    customer = _at_pin(acme, carol.email)
    eve = Customer(acme)
    eve.visit("/sign-in/")
    eve.path = customer.path
    assert eve.submit({"pin": "2468"}).status_code == 404
    assert not eve.is_signed_in
    assert not customer.is_signed_in


def test_an_account_disabled_between_two_steps_stays_out(acme: Tenant, carol: Account) -> None:
    customer = _at_pin(acme, carol.email)
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(is_active=False)
    customer.submit({"pin": "2468"})
    assert not customer.is_signed_in


def test_a_pin_sent_twice_signs_in_once(acme: Tenant, carol: Account) -> None:
    customer = _at_pin(acme, carol.email)
    pin_page = customer.path
    customer.submit({"pin": "2468"})
    assert customer.is_signed_in
    customer.path = pin_page
    customer.submit({"pin": "2468"})
    assert customer.path == "/t/acme/profile/"
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.signed_in").count() == 1


def test_another_way_begins_at_its_beginning(acme: Tenant, carol: Account) -> None:
    """Whoever has proved one half and wants a new password instead has proved nothing for that."""
    customer = _at_pin(acme, carol.email)
    customer.switch("reset")
    assert "Reset your password" in customer.text
    customer.submit({"pin": "2468"}, to="pin")
    customer.submit({"password": "another good password"}, to="new-password")
    assert "Reset your password" in customer.text
    assert not customer.is_signed_in


@pytest.fixture
def by_pin(pin: None, acme: Tenant, ada_portal: Browser) -> None:
    """The row of a way to sign in, in the place of the other one; Ada has ticked it beside the password."""
    offer_steps([*STEPS, PIN_METHOD])
    with tenant_context(acme):
        path = f"/tenants/acme/user-flows/{UserFlow.objects.get(is_default=True).pk}/"
    page = ada_portal.get(path).content.decode()
    assert "<strong>PIN</strong><small>Four digits that everybody has.</small>" in page
    ada_portal.post(path, {"name": "By PIN", "methods": ["pin", "password"], "allows_sign_up": "on"})
    assert (
        "<div>Email with password</div><div>PIN</div>" in ada_portal.get("/tenants/acme/user-flows/").content.decode()
    )


def _asks_for_pin(customer: Customer, email: str) -> None:
    customer.visit("/sign-in/")
    customer.submit({"email": email})
    assert "Enter your password" in customer.text
    assert "Use your PIN instead" in customer.text
    customer.visit(customer.path.replace("/password/", "/pin/"))


@pytest.mark.usefixtures("by_pin")
def test_a_new_method_lets_in_whoever_chooses_it_and_nobody_else(acme: Tenant, carol: Account) -> None:
    for email, pin, gets_in in (
        ("nobody@acme.example", "2468", False),
        (carol.email, "1", False),
        (carol.email, "2468", True),
    ):
        customer = Customer(acme)
        _asks_for_pin(customer, email)
        customer.submit({"pin": pin})
        assert customer.is_signed_in == gets_in
    with tenant_context(acme):
        assert Event.objects.get(action="customer.signed_in").method == "pin"


@pytest.mark.usefixtures("by_pin")
def test_a_flow_that_does_not_offer_the_method_knows_nothing_of_it(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        UserFlow.objects.update(methods=["password"])
        forget_everything()
    eve = Customer(acme)
    eve.visit("/sign-in/")
    eve.submit({"email": carol.email})
    assert "PIN" not in eve.text
    eve.submit({"pin": "2468"}, to="pin")
    assert "Enter your password" in eve.text
    assert not eve.is_signed_in


@pytest.mark.usefixtures("by_pin")
def test_an_application_may_ask_for_what_only_the_new_method_reaches(
    acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str
) -> None:
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    assert shop.browser.get("/oidc/.well-known/openid-configuration").json()["acr_values_supported"] == ["1", "2"]
    customer = Customer(acme, shop.browser)
    wish = json.dumps({"id_token": {"acr": {"essential": True, "value": "2"}}})
    customer.follow(shop.authorize(login_hint=carol.email, claims=wish))
    assert "<h1>Enter your PIN</h1>" in customer.text
    ended = customer.browser.post(customer.path, {"pin": "2468"})
    answer = answer_in(shop.browser.get(ended["Location"]))
    claims = shop.accepts(shop.exchange(answer["code"]).json()["id_token"], audience=shop.client_id)
    assert (claims["amr"], claims["acr"]) == (["pin"], "2")


@pytest.mark.usefixtures("by_pin")
def test_the_command_offers_the_new_method_as_well(acme: Tenant) -> None:
    words = ("--tenant", "acme", "--name", "Club", "--method", "pin", "--method", "password")
    call_command("userflow", "create", *words)
    with tenant_context(acme):
        assert UserFlow.objects.get(name="Club").methods == ["pin", "password"]
