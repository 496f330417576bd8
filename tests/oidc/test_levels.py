"""How strong a sign-in was, what an application may ask for, and that a session is asked for what it lacks."""

import json
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account, Session
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.devices import begin, enter, press
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import PASSWORD, Customer, new_code
from tests.userflows.factors.phone import Clock, Phone, with_phone
from userflows.models import UserFlow

ESSENTIAL = json.dumps({"id_token": {"acr": {"essential": True, "value": "2"}}})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    return clock


@pytest.fixture
def phone(acme: Tenant, carol: Account, clock: Clock) -> Phone:
    return with_phone(acme, carol, clock)


@pytest.fixture
def visited(acme: Tenant, bookshop: Application, bookshop_secret: str) -> RelyingParty:
    """Bookshop in a browser in which nobody is signed in."""
    return RelyingParty(Browser(acme), bookshop, bookshop_secret)


def _change_flow(acme: Tenant, **values: Any) -> None:
    with tenant_context(acme):
        UserFlow.objects.update(**values)
        forget_everything()


def _ask(shop: RelyingParty, asked: str) -> None:
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, second_factor=asked, actor=Actor.command())


def _follow(shop: RelyingParty, **parameters: str) -> Customer:
    """The page to which the customer comes, sent by the application."""
    customer = Customer(shop.browser.tenant, shop.browser)
    customer.follow(shop.authorize(**parameters))
    return customer


def _claims(shop: RelyingParty, customer: Customer, **fields: str) -> dict[str, Any]:
    """What the ID token says, once the page at hand was sent."""
    ended = customer.browser.post(customer.path, fields)
    answer = answer_in(shop.browser.get(ended["Location"]))
    return shop.accepts(shop.exchange(answer["code"]).json()["id_token"], audience=shop.client_id)


def _signed_in_by_password(acme: Tenant, shop: RelyingParty, carol: Account) -> int:
    """By Carol, an hour ago. Returns when, as tokens tell it."""
    Customer(acme, shop.browser).sign_in(carol.email)
    with tenant_context(acme):
        session = Session.objects.get(account_id=carol.pk)
        session.data["auth_time"] -= 3600
        session.save()
    return int(session.data["auth_time"])


def test_tokens_tell_all_that_was_proved(visited: RelyingParty, carol: Account, phone: Phone) -> None:
    customer = _follow(visited)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    claims = _claims(visited, customer, code=phone.next_code())
    assert (claims["acr"], claims["amr"]) == ("2", ["mfa", "otp", "pwd"])


def test_a26_a_level_is_asked_of_a_session_that_lacks_it_and_no_more_than_that(
    acme: Tenant, visited: RelyingParty, carol: Account, clock: Clock
) -> None:
    since = _signed_in_by_password(acme, visited, carol)
    phone = with_phone(acme, carol, clock)
    for asked in ({"claims": ESSENTIAL}, {"acr_values": "2"}):
        assert answer_in(visited.authorize(prompt="none", **asked))["error"] == "interaction_required"
    customer = _follow(visited, acr_values="2")
    assert "<h1>Enter the code from your app</h1>" in customer.text
    assert "Don't ask again" not in customer.text
    claims = _claims(visited, customer, code=phone.next_code())
    # The password was shown an hour ago, and the token says so.
    assert (claims["acr"], claims["amr"], claims["auth_time"]) == ("2", ["mfa", "otp", "pwd"], since)
    assert "code" in answer_in(visited.authorize(claims=ESSENTIAL, prompt="none"))
    one = json.dumps({"id_token": {"acr": {"essential": True, "value": "1"}}})
    code = answer_in(visited.authorize(claims=one))["code"]
    told = visited.accepts(visited.exchange(code).json()["id_token"], audience=visited.client_id)
    assert (told["acr"], told["amr"]) == ("1", ["otp", "pwd"])


def test_a26_who_sits_at_a_signed_in_browser_sets_up_no_app_for_a_level(
    acme: Tenant, visited: RelyingParty, carol: Account, clock: Clock
) -> None:
    _signed_in_by_password(acme, visited, carol)
    customer, phone = _follow(visited, claims=ESSENTIAL), Phone(clock)
    assert "<h1>Confirm it's you</h1>" in customer.text
    at_password = customer.path
    customer.submit({"code": "000000"}, to="app-setup")
    assert customer.path == at_password
    customer.submit({"password": PASSWORD})
    phone.scan(customer.text)
    customer.submit({"code": phone.code})
    phone.write_down(customer.text)
    assert _claims(visited, customer)["acr"] == "2"


def test_a26_a_sign_out_meanwhile_leaves_nothing_to_add_to(
    acme: Tenant, visited: RelyingParty, carol: Account, clock: Clock
) -> None:
    _signed_in_by_password(acme, visited, carol)
    phone = with_phone(acme, carol, clock)
    customer = _follow(visited, acr_values="2")
    at_code = customer.path
    customer.browser.post("/sign-out/")
    customer.path = at_code
    customer.submit({"code": phone.next_code()})
    assert "Enter your password" in customer.text or "<h1>Confirm it's you</h1>" in customer.text
    assert not customer.is_signed_in


def test_a_proof_that_has_to_be_young_is_made_anew_with_the_level(
    acme: Tenant, visited: RelyingParty, carol: Account, clock: Clock
) -> None:
    since = _signed_in_by_password(acme, visited, carol)
    phone = with_phone(acme, carol, clock)
    customer = _follow(visited, acr_values="2", max_age="600")
    assert "<h1>Confirm it's you</h1>" in customer.text
    customer.submit({"password": PASSWORD})
    claims = _claims(visited, customer, code=phone.next_code())
    assert claims["acr"] == "2"
    assert claims["auth_time"] > since


def test_a26_a_remembered_browser_never_does_for_a_level(
    acme: Tenant, visited: RelyingParty, carol: Account, phone: Phone
) -> None:
    customer = Customer(acme, visited.browser)
    customer.sign_in(carol.email)
    customer.submit({"code": phone.next_code(), "remember": "on"})
    customer.browser.post("/sign-out/")
    customer.sign_in(carol.email)
    assert customer.is_signed_in
    assert answer_in(visited.authorize(claims=ESSENTIAL, prompt="none"))["error"] == "interaction_required"
    assert "<h1>Enter the code from your app</h1>" in _follow(visited, claims=ESSENTIAL).text


def test_o41_a_flow_without_second_factors_says_that_the_level_cannot_be_had(
    acme: Tenant, visited: RelyingParty, carol: Account
) -> None:
    """Wished for only, it is done without."""
    _change_flow(acme, factors=[])
    assert answer_in(visited.authorize(claims=ESSENTIAL))["error"] == "unmet_authentication_requirements"
    Customer(acme, visited.browser).sign_in(carol.email)
    assert answer_in(visited.authorize(claims=ESSENTIAL))["error"] == "unmet_authentication_requirements"
    assert "code" in answer_in(visited.authorize(acr_values="2"))
    _ask(visited, "always")
    assert answer_in(visited.authorize())["error"] == "unmet_authentication_requirements"


def test_o41_whoever_has_an_app_reaches_the_level_by_a_flow_without_one(
    acme: Tenant, visited: RelyingParty, carol: Account, phone: Phone
) -> None:
    """Nobody knows who comes before they have come; whoever turns out to have none is let in, and the app is told."""
    with tenant_context(acme):
        create_account(email="nora@acme.example", password=PASSWORD, email_verified=True)
    _change_flow(acme, factors=[])
    customer = _follow(visited, claims=ESSENTIAL)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert "<h1>Enter the code from your app</h1>" in customer.text
    assert _claims(visited, customer, code=phone.next_code())["acr"] == "2"

    other = RelyingParty(Browser(acme), visited.application, visited.secret)
    nora = _follow(other, claims=ESSENTIAL)
    nora.submit({"email": "nora@acme.example"})
    ended = nora.browser.post(nora.path, {"password": PASSWORD})
    assert answer_in(other.browser.get(ended["Location"]))["error"] == "unmet_authentication_requirements"
    assert nora.is_signed_in
    _change_flow(acme, second_factor="always", factors=["mail"])
    third = RelyingParty(Browser(acme), visited.application, visited.secret)
    assert answer_in(third.authorize(claims=ESSENTIAL))["error"] == "unmet_authentication_requirements"


def test_a26_an_application_asks_for_more_than_another_one(
    acme: Tenant, visited: RelyingParty, carol: Account, clock: Clock
) -> None:
    """Whoever came by a lax one is asked for the second factor; a code by mail does where the flow has it."""
    _signed_in_by_password(acme, visited, carol)
    assert "code" in answer_in(visited.authorize())
    _change_flow(acme, factors=["app", "mail"])
    _ask(visited, "always")
    assert answer_in(visited.authorize(prompt="none"))["error"] == "interaction_required"
    customer = _follow(visited)
    assert "<h1>Confirm it's you by email</h1>" in customer.text
    assert "Email me a code" in customer.text
    customer.submit({}, to="send-second")
    claims = _claims(visited, customer, code=new_code(acme, carol.email))
    # A mailbox is a second factor to the policy, and none to the level.
    assert (claims["acr"], claims["amr"]) == ("1", ["otp", "pwd"])
    assert "code" in answer_in(visited.authorize(prompt="none"))
    # Where the flow takes the app alone, what mail has shown isn't enough.
    _change_flow(acme, factors=["app"])
    assert answer_in(visited.authorize(prompt="none"))["error"] == "interaction_required"


def test_a26_a_device_is_let_in_by_nobody_who_lacks_the_second_factor(
    acme: Tenant, television: RelyingParty, carol: Account, clock: Clock
) -> None:
    """Signed in without it, before the application asked for it, or on a page that was open already."""
    browser = Browser(acme)
    Customer(acme, browser).sign_in(carol.email)
    open_page = enter(browser, begin(television)["user_code"])
    _ask(television, "always")
    phone = with_phone(acme, carol, clock)
    for page in (press(browser, open_page, carol)["Location"], enter(browser, begin(television)["user_code"])):
        customer = Customer(acme, browser)
        customer.visit(page)
        assert "<h1>Enter the code from your app</h1>" in customer.text
    customer.submit({"code": phone.next_code()})
    assert "Allow" in customer.text or "approve" in customer.text
    press(browser, customer.path, carol)
    customer.visit(customer.path)
    assert "approve" not in customer.text
