"""Ways around the question what an application may have: each was open once, or nearly."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account, Session
from applications.description import Claim, Scope
from applications.models import Application
from applications.services.apis import add_api_scope, change_api_scope
from applications.services.application import change_application
from applications.services.claims import choose_claim
from applications.services.permissions import grant_for_all, revoke_grant_for_all
from applications.services.registration import register_application
from applications.services.roles import assign_role
from common.crypto.digests import digest_of
from oidc.models import Consent
from oidc.wire.addresses import issuer_of
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.apis import COMMAND, ORDERS, READ, OrdersApi, found_orders
from tests.oidc.consent_page import Page, asks
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import leads_to


@pytest.fixture
def orders(asking: RelyingParty, acme: Tenant, carol: Account) -> OrdersApi:
    """An API that Bookshop may call, and at which Carol is a clerk."""
    orders = found_orders(acme)
    orders.permit(asking.application, orders.read)
    with tenant_context(acme):
        assign_role(orders.clerk, account=carol, actor=COMMAND)
    return orders


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("scope", ["openid", "nonsense", "openid nonsense"])
def test_an_api_named_without_a_scope_of_it_gives_nothing(asking: RelyingParty, scope: str) -> None:
    """Its tokens would tell the customer's roles there, and the page would have asked for none of it."""
    answer = answer_in(asking.authorize(scope=scope, resource=ORDERS))
    assert answer["error"] == "invalid_scope"
    assert f"{ORDERS}/.default" in answer["error_description"]


def only_administrators_consent(orders: OrdersApi) -> None:
    with tenant_context(orders.tenant):
        change_api_scope(
            orders.application,
            Scope(
                orders.read.name,
                display_name="Read orders",
                description="",
                customer_display_name="",
                customer_description="",
                consenter="administrators",
                is_enabled=True,
                translations={},
            ),
            actor=COMMAND,
        )


@pytest.mark.parametrize(
    "asked",
    [
        {"scope": f"openid {ORDERS}/.default"},
        {"scope": "openid .default", "resource": ORDERS},
        {"scope": "openid", "resource": ORDERS},
    ],
)
def test_everything_there_is_not_what_an_administrator_has_yet_to_consent_to(
    asking: RelyingParty, orders: OrdersApi, asked: dict[str, str]
) -> None:
    only_administrators_consent(orders)
    assert answer_in(asking.authorize(**asked))["error"] in {"consent_required", "invalid_scope"}


def test_a_scope_taken_away_takes_the_audience_along(asking: RelyingParty, orders: OrdersApi) -> None:
    """What is left of the sign-in is no token for the API with the customer's roles and no scope."""
    code = answer_in(asks(asking, scope=f"openid offline_access {READ}").press("allow"))["code"]
    refresh_token = asking.exchange(code).json()["refresh_token"]
    orders.permit(asking.application, orders.write)
    refused = asking.refresh(refresh_token)
    assert refused.json()["error"] == "invalid_target"


def test_a_custom_attribute_asked_for_by_name_is_on_the_page_too(asking: RelyingParty) -> None:
    assert "code" in answer_in(asks(asking, scope="openid").press("allow"))
    for place in ("userinfo", "id_token"):
        page = asks(asking, scope="openid", claims=f'{{"{place}": {{"loyaltyNumber": null}}}}')
        assert "See your profile" in page.text


def test_a_claim_that_goes_with_a_scope_asks_for_that_scope(asking: RelyingParty, acme: Tenant) -> None:
    with tenant_context(acme):
        choose_claim(
            Application.objects.get(pk=asking.application.pk),
            Claim(
                name="town",
                source="attribute",
                value="city",
                scope="address",
                in_id_token=True,
                in_access_token=False,
                in_userinfo=True,
            ),
            actor=COMMAND,
        )
    page = asks(asking, scope="openid", claims='{"userinfo": {"town": null}}')
    assert "See your postal address" in page.text


def signs_in(browser: Browser, address: str, email: str) -> Any:
    """Through the pages from the address of a journey, to where it leads."""
    password = leads_to(browser.post(address, {"email": email}))
    return browser.post(password, {"password": PASSWORD})


@pytest.fixture
def fresh(asking: RelyingParty) -> Browser:
    """Nobody has signed in here yet."""
    asking.browser = Browser(asking.browser.tenant)
    return asking.browser


def test_what_carol_allows_counts_for_carol_alone(asking: RelyingParty, fresh: Browser, acme: Tenant) -> None:
    """She presses the button of a sign-in that has meanwhile grown too old, and Dora is the one who signs in anew."""
    with tenant_context(acme):
        dora = create_account(email="dora@acme.example", password=PASSWORD, email_verified=True)
    address = leads_to(fresh.get("/oidc/authorize", asking.request(max_age="300")))
    page = Page(fresh, signs_in(fresh, address, "carol@acme.example")["Location"])
    grow_old(fresh)
    # It begins with Carol, whom this browser knows; the way back to the address is open to anybody.
    anew = page.press("allow")["Location"].replace("/password/", "/address/")
    assert "/consent/" in signs_in(fresh, anew, dora.email)["Location"]
    with tenant_context(acme):
        assert not Consent.objects.filter(account=dora).exists()


def grow_old(browser: Browser) -> None:
    """Let the sign-in of this browser be an hour ago."""
    with tenant_context(browser.tenant):
        session = Session.objects.get(key_digest=digest_of(browser.cookies["session_acme"].value))
        session.data["auth_time"] -= 3600
        session.save(update_fields=["data"])


def test_the_page_belongs_to_journeys_that_lead_there(asking: RelyingParty, fresh: Browser, carol: Account) -> None:
    """Not to one that has to sign somebody in first, whatever address is typed in by hand."""
    fresh.sign_in(carol)
    address = leads_to(fresh.get("/oidc/authorize", asking.request(prompt="login consent")))
    journey = address.rstrip("/").split("/")[-2]
    for page in ("consent", "account"):
        answer = fresh.get(f"/oidc/authorize/{journey}/{page}/")
        assert answer.status_code == 303
        assert answer["Location"] == address


def test_what_is_no_longer_granted_for_all_ends_for_those_who_never_said_yes(
    asking: RelyingParty, orders: OrdersApi
) -> None:
    """A code that is out, and a refresh token, are worth what a new request would be."""
    with tenant_context(orders.tenant):
        grant_for_all(asking.application, actor=COMMAND)
    everything = f"openid email offline_access {READ}"
    tokens = asking.exchange(asking.code(scope=everything)).json()
    code = asking.code(scope=everything)
    with tenant_context(orders.tenant):
        revoke_grant_for_all(asking.application, actor=COMMAND)
    assert asking.exchange(code).json()["error"] == "invalid_grant"
    assert asking.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    asks(asking, scope=everything)


def test_who_said_yes_to_some_of_it_keeps_that(asking: RelyingParty, orders: OrdersApi) -> None:
    assert "code" in answer_in(asks(asking, scope="openid offline_access").press("allow"))
    with tenant_context(orders.tenant):
        grant_for_all(asking.application, actor=COMMAND)
    named = '{"userinfo": {"email": null}}'
    code = asking.code(scope=f"openid profile offline_access {READ}", claims=named)
    refresh_token = asking.exchange(code).json()["refresh_token"]
    with tenant_context(orders.tenant):
        revoke_grant_for_all(asking.application, actor=COMMAND)
    told = asking.refresh(refresh_token, resource=issuer_of(orders.tenant)).json()
    assert told["scope"] == "openid offline_access"
    assert set(asking.userinfo(told["access_token"]).json()) == {"sub"}


def test_consent_to_a_scope_is_not_consent_to_another_one_of_its_old_name(
    asking: RelyingParty, orders: OrdersApi
) -> None:
    code = answer_in(asks(asking, scope=f"openid offline_access {READ}").press("allow"))["code"]
    refresh_token = asking.exchange(code).json()["refresh_token"]
    with tenant_context(orders.tenant):
        change_application(orders.application, identifier_uri="https://old.acme.example", actor=COMMAND)
        other = register_application(name="Payments", kind="service", actor=COMMAND)
        change_application(other, identifier_uri=ORDERS, actor=COMMAND)
        payments = add_api_scope(other, Scope(name="orders.read", display_name="Read payments"), actor=COMMAND)
        change_application(asking.application, permitted_scopes=(payments.pk,), permitted_roles=(), actor=COMMAND)
    assert "error" in asking.refresh(refresh_token).json()
