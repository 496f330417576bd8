"""An API asks for a stronger or younger sign-in (RFC 9470), as docs/how-to/step-up.md tells it to."""

import time
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account, Session
from applications.models import Application
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD, new_secret
from tests.oidc.apis import ORDERS, WRITE, OrdersApi, found_orders
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer
from tests.userflows.factors.phone import Clock, with_phone

SCOPE = f"openid offline_access {WRITE}"


class Orders:
    """The API of orders, which looks at the tokens it is shown by asking the issuer."""

    def __init__(self, api: OrdersApi, secret: str, browser: Any) -> None:
        self._party = RelyingParty(browser, api.application, secret)

    def challenge_to(self, token: str, *, acr: str = "", max_age: int | None = None) -> str:
        """What it answers instead of taking the order (RFC 9470 section 3); "" if it takes it."""
        told = self._party.introspect(token).json()
        assert told["active"], told
        is_young = max_age is None or time.time() - told["auth_time"] <= max_age
        if told["acr"] >= acr and is_young:
            return ""
        asked = f'acr_values="{acr}"' if acr else f'max_age="{max_age}"'
        return f'Bearer error="insufficient_user_authentication", {asked}'


@pytest.fixture
def buyer(acme: Tenant, bookshop: Application, bookshop_secret: str, carol: Account) -> RelyingParty:
    """Bookshop, in a browser in which Carol has signed in by her password an hour ago."""
    party = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    Customer(acme, party.browser).sign_in(carol.email)
    with tenant_context(acme):
        session = Session.objects.of_account(carol.pk).get()
        session.data["auth_time"] -= 3600
        session.save()
    return party


@pytest.fixture
def orders(acme: Tenant, buyer: RelyingParty) -> Orders:
    api = found_orders(acme)
    api.permit(buyer.application, api.write)
    with tenant_context(acme):
        return Orders(api, new_secret(api.application), Browser(acme))


def asked_in(challenge: str) -> dict[str, str]:
    """The parameters that the application repeats in its authorization request (section 4)."""
    name, _, value = challenge.rpartition(", ")[2].partition("=")
    return {name: value.strip('"')}


def tokens_after(buyer: RelyingParty, challenge: str, **fields: str) -> dict[str, Any]:
    """What the application gets once its customer has sent the page to which the challenge has led."""
    customer = Customer(buyer.browser.tenant, buyer.browser)
    customer.follow(buyer.authorize(scope=SCOPE, **asked_in(challenge)))
    ended = customer.browser.post(customer.path, fields)
    tokens: dict[str, Any] = buyer.exchange(answer_in(buyer.browser.get(ended["Location"]))["code"]).json()
    return tokens


def test_an_api_gets_a_second_factor_when_an_order_is_large(
    acme: Tenant, buyer: RelyingParty, orders: Orders, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = buyer.tokens(scope=SCOPE)
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    phone = with_phone(acme, carol, clock)
    challenge = orders.challenge_to(tokens["access_token"], acr="2")
    assert asked_in(challenge) == {"acr_values": "2"}
    stronger = tokens_after(buyer, challenge, code=phone.next_code())
    assert orders.challenge_to(stronger["access_token"], acr="2") == ""
    claims = buyer.accepts(stronger["access_token"], audience=ORDERS)
    assert claims["acr"] == "2", "An API that reads the token itself sees the same."
    # It stays so at a refresh, and what came of the weaker sign-in stays weak.
    again, weak = (buyer.refresh(each["refresh_token"]).json()["access_token"] for each in (stronger, tokens))
    assert orders.challenge_to(again, acr="2") == ""
    assert orders.challenge_to(weak, acr="2")


def test_an_api_gets_a_young_sign_in_when_an_address_changes(buyer: RelyingParty, orders: Orders) -> None:
    token = buyer.tokens(scope=SCOPE)["access_token"]
    assert orders.challenge_to(token) == ""
    challenge = orders.challenge_to(token, max_age=300)
    younger = tokens_after(buyer, challenge, password=PASSWORD)["access_token"]
    assert orders.challenge_to(younger, max_age=300) == ""
