"""Token exchange (RFC 8693): an API that was called in Carol's name calls the next one in it too."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.identity.services.accounts import disable_account
from accounts.models import Account
from applications.description import Scope, TokenSettings
from applications.models import Application
from applications.policies.grants import TOKEN_EXCHANGE
from applications.services.apis import add_api_scope
from applications.services.application import change_application
from applications.services.deletion import delete_application
from applications.services.permissions import grant_for_all
from audit.models import Event
from oidc.consents.services import give_consent, withdraw_consent
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import allow, new_secret
from tests.oidc.apis import COMMAND, ORDERS, READ, OrdersApi, found_orders
from tests.oidc.dpop_holder import Holder
from tests.oidc.relying_party import RelyingParty, refused
from tests.statements import statements

ACCESS_TOKENS = "urn:ietf:params:oauth:token-type:access_token"
REPORTS = "https://reports.acme.example"
ISSUED = {"subject_token_type": ACCESS_TOKENS}


@pytest.fixture
def orders(acme: Tenant) -> OrdersApi:
    return found_orders(acme)


@pytest.fixture
def middle(orders: OrdersApi, shop: RelyingParty, acme: Tenant) -> RelyingParty:
    """Orders, which Bookshop calls in Carol's name, and which reads reports in it."""
    orders.permit(shop.application, orders.read, orders.write)
    with tenant_context(acme):
        allow(orders.application, TOKEN_EXCHANGE)
        return RelyingParty(Browser(acme), orders.application, new_secret(orders.application))


@pytest.fixture
def read_reports(service: RelyingParty, middle: RelyingParty, acme: Tenant) -> Any:
    """Reports is an API too; Orders may read there."""
    with tenant_context(acme):
        change_application(service.application, identifier_uri=REPORTS, actor=COMMAND)
        for name in ("reports.read", "reports.write"):
            add_api_scope(service.application, Scope(name, name), actor=COMMAND)
        scopes = list(service.application.api_scopes.filter(name="reports.read"))
        change_application(
            middle.application,
            permitted_scopes=tuple(each.pk for each in scopes),
            permitted_roles=(),
            actor=COMMAND,
        )
    return service.application


def exchange(party: RelyingParty, subject_token: str | None, **parameters: str | None) -> Any:
    return party.token(**{"grant_type": TOKEN_EXCHANGE, "subject_token": subject_token, **ISSUED, **parameters})


def called_with(shop: RelyingParty, scope: str = f"openid offline_access {ORDERS}/.default") -> dict[str, Any]:
    """What Bookshop gets for Carol, and calls Orders with."""
    return shop.tokens(scope=scope)


def test_the_next_api_is_called_in_the_same_customers_name(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, carol: Account, acme: Tenant
) -> None:
    first = called_with(shop)["access_token"]
    answer = exchange(middle, first, audience=REPORTS)
    assert answer.status_code == 200, answer.content
    members = answer.json()
    assert members["issued_token_type"] == ACCESS_TOKENS
    assert members["token_type"] == "Bearer"
    assert members["scope"] == f"{REPORTS}/reports.read"
    assert "refresh_token" not in members
    assert "no-store" in answer["Cache-Control"]
    told = middle.accepts(members["access_token"], audience=REPORTS)
    assert (told["sub"], told["client_id"], told["scope"]) == (str(carol.pk), middle.client_id, "reports.read")
    assert told["act"] == {"sub": middle.client_id}
    assert told["sid"] == middle.accepts(first, audience=ORDERS)["sid"]
    assert jwt.get_unverified_header(members["access_token"])["typ"] == "at+jwt"
    with tenant_context(acme):
        event = Event.objects.get(action="tokens.exchanged")
    assert event.actor_id == middle.client_id
    assert event.account_id == carol.pk
    assert event.details == {"issued_to": shop.client_id, "audience": REPORTS}


def test_resource_says_the_same_as_audience_and_both_must_agree(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty
) -> None:
    first = called_with(shop)["access_token"]
    assert exchange(middle, first, resource=REPORTS, scope="reports.read").status_code == 200
    assert exchange(middle, first, resource=REPORTS, audience=REPORTS).status_code == 200
    assert refused(exchange(middle, first, resource=REPORTS, audience=ORDERS), "invalid_target")


def test_for_the_same_audience_it_can_only_be_less(middle: RelyingParty, shop: RelyingParty) -> None:
    first = called_with(shop, scope=READ)["access_token"]
    same = exchange(middle, first).json()
    assert middle.accepts(same["access_token"], audience=ORDERS)["scope"] == "orders.read"
    for scope in ("orders.write", "orders.read orders.write", "openid", f"{ORDERS}/orders.write"):
        assert refused(exchange(middle, first, scope=scope), "invalid_scope"), scope
    assert exchange(middle, called_with(shop)["access_token"], scope=READ).json()["scope"] == READ


@pytest.mark.parametrize(
    "scope", ["reports.write", f"{REPORTS}/reports.write", "openid", "email", READ, "reports.read x"]
)
def test_o25_elsewhere_it_has_what_the_application_is_permitted_there(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, scope: str
) -> None:
    assert refused(exchange(middle, called_with(shop)["access_token"], audience=REPORTS, scope=scope), "invalid_scope")


def test_o26_neither_the_issuer_nor_an_api_without_permission_can_be_its_audience(
    middle: RelyingParty, shop: RelyingParty, service: RelyingParty, acme: Tenant
) -> None:
    with tenant_context(acme):
        change_application(service.application, identifier_uri=REPORTS, actor=COMMAND)
    issuer = middle.browser.get("/oidc/.well-known/openid-configuration").json()["issuer"]
    first = called_with(shop)["access_token"]
    for audience in (issuer, REPORTS, "https://evil.example", middle.client_id, "x"):
        assert refused(exchange(middle, first, audience=audience), "invalid_target"), audience


def test_where_customers_are_asked_they_or_an_administrator_have_to_have_consented(
    carol: Account, middle: RelyingParty, read_reports: Application, shop: RelyingParty, acme: Tenant
) -> None:
    with tenant_context(acme):
        change_application(middle.application, asks_for_consent=True, actor=COMMAND)
    first = called_with(shop)["access_token"]
    assert refused(exchange(middle, first, audience=REPORTS), "invalid_target")
    with tenant_context(acme):
        give_consent(carol, middle.application, scopes=[str(read_reports.api_scopes.get(name="reports.read").pk)])
    assert exchange(middle, first, audience=REPORTS).status_code == 200
    with tenant_context(acme):
        withdraw_consent(carol, middle.application)
    assert refused(exchange(middle, first, audience=REPORTS), "invalid_target")
    with tenant_context(acme):
        grant_for_all(middle.application, actor=COMMAND)
    assert exchange(middle, first, audience=REPORTS).status_code == 200


def test_it_is_never_good_for_longer_than_what_it_was_made_from(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, acme: Tenant, time_machine: TimeMachineFixture
) -> None:
    with tenant_context(acme):
        change_application(shop.application, **vars(TokenSettings(access_token_minutes=10)), actor=COMMAND)
    first = called_with(shop)["access_token"]
    answer = exchange(middle, first, audience=REPORTS).json()
    assert 0 < answer["expires_in"] <= 600
    until = middle.accepts(first, audience=ORDERS)["exp"]
    assert middle.accepts(answer["access_token"], audience=REPORTS)["exp"] == until
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=10, seconds=1), tick=True)
    assert refused(exchange(middle, first, audience=REPORTS), "invalid_request")


def test_who_acts_is_told_with_those_before(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty
) -> None:
    """Reports exchanges what Orders got, and so on, until there are too many."""
    token = called_with(shop)["access_token"]
    chain: dict[str, Any] = {}
    for _ in range(10):
        answer = exchange(middle, token)
        token, chain = answer.json()["access_token"], {"sub": middle.client_id, **({"act": chain} if chain else {})}
        assert middle.accepts(token, audience=ORDERS)["act"] == chain
    assert refused(exchange(middle, token), "invalid_request")


def test_an_actor_token_says_who_acts(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, service: RelyingParty, acme: Tenant
) -> None:
    first, own = called_with(shop)["access_token"], middle.token(grant_type="client_credentials").json()["access_token"]
    acting = {"audience": REPORTS, "actor_token_type": ACCESS_TOKENS}
    answer = exchange(middle, first, actor_token=own, **acting)
    assert middle.accepts(answer.json()["access_token"], audience=REPORTS)["act"] == {"sub": middle.client_id}
    foreign = service.token(grant_type="client_credentials").json()["access_token"]
    for actor_token in (foreign, "x", shop.tokens()["id_token"]):
        assert refused(exchange(middle, first, actor_token=actor_token, **acting), "invalid_request")
    assert refused(exchange(middle, first, actor_token=own, audience=REPORTS), "invalid_request")
    assert refused(exchange(middle, first, **acting), "invalid_request")
    middle.revoke(own)
    assert refused(exchange(middle, first, actor_token=own, **acting), "invalid_request")


def test_o27_whatever_ends_the_first_ends_the_second(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, carol: Account, acme: Tenant
) -> None:
    def exchanged() -> tuple[dict[str, Any], str]:
        tokens = called_with(shop)
        return tokens, exchange(middle, tokens["access_token"], audience=REPORTS).json()["access_token"]

    tokens, token = exchanged()
    assert middle.introspect(token).json()["act"] == {"sub": middle.client_id}
    shop.revoke(tokens["refresh_token"])
    assert middle.introspect(token).json() == {"active": False}
    assert refused(exchange(middle, tokens["access_token"], audience=REPORTS), "invalid_request")
    tokens, token = exchanged()
    shop.browser.post("/sign-out/")
    assert middle.introspect(token).json() == {"active": False}
    assert refused(exchange(middle, tokens["access_token"], audience=REPORTS), "invalid_request")
    shop.browser.sign_in(carol)
    tokens, token = exchanged()
    with tenant_context(acme):
        disable_account(carol, actor=COMMAND)
    assert middle.introspect(token).json() == {"active": False}
    assert refused(exchange(middle, tokens["access_token"], audience=REPORTS), "invalid_request")


def test_o27_revoking_what_was_exchanged_leaves_others_theirs(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty
) -> None:
    tokens = called_with(shop)
    first, second = (
        exchange(middle, tokens["access_token"], audience=REPORTS).json()["access_token"] for _ in range(2)
    )
    assert middle.revoke(first).status_code == 200
    assert middle.introspect(first).json() == {"active": False}
    assert middle.introspect(second).json()["active"]
    assert middle.introspect(tokens["access_token"]).json()["active"]
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_o27_a_token_of_an_application_that_is_gone_is_worth_nothing(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, acme: Tenant
) -> None:
    first = called_with(shop)["access_token"]
    with tenant_context(acme):
        delete_application(shop.application, actor=COMMAND)
    assert refused(exchange(middle, first, audience=REPORTS), "invalid_request")


def test_o28_a_token_for_somebody_else_isnt_exchanged(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, app: RelyingParty
) -> None:
    """Stolen from Bookshop or Mobile: for the issuer, or for another API."""
    stolen = [shop.tokens()["access_token"], app.tokens()["access_token"]]
    passed_on = exchange(middle, called_with(shop)["access_token"], audience=REPORTS).json()["access_token"]
    for token in stolen:
        assert refused(exchange(middle, token), "invalid_request")
        assert refused(exchange(middle, token, audience=REPORTS), "invalid_request")
    # What it got itself it may exchange for less.
    assert exchange(middle, passed_on).status_code == 200


def test_t15_a_token_of_another_tenant_isnt_exchanged(
    middle: RelyingParty, shop: RelyingParty, rival: RelyingParty, globex: Tenant
) -> None:
    with tenant_context(globex):
        change_application(rival.application, identifier_uri=ORDERS, actor=COMMAND)
        allow(rival.application, TOKEN_EXCHANGE)
    assert refused(exchange(rival, called_with(shop)["access_token"]), "invalid_request")
    assert refused(exchange(middle, rival.tokens()["access_token"]), "invalid_request")


@pytest.mark.parametrize("which", ["id_token", "refresh_token", "code", "own", "nonsense", "unsigned"])
def test_o37_only_access_tokens_about_customers_are_exchanged(
    middle: RelyingParty, shop: RelyingParty, which: str
) -> None:
    tokens = called_with(shop)
    makers: dict[str, Callable[[], str]] = {
        "id_token": lambda: str(tokens["id_token"]),
        "refresh_token": lambda: str(tokens["refresh_token"]),
        "code": shop.code,
        "own": lambda: str(middle.token(grant_type="client_credentials").json()["access_token"]),
        "nonsense": lambda: "a.b.c",
        "unsigned": lambda: jwt.encode(
            jwt.decode(tokens["access_token"], options={"verify_signature": False}), "", "none"
        ),
    }
    assert refused(exchange(middle, makers[which]()), "invalid_request")


@pytest.mark.parametrize(
    "parameters",
    [
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"subject_token_type": None},
        {"subject_token": None},
    ],
)
def test_other_kinds_of_tokens_are_refused_by_name(
    middle: RelyingParty, shop: RelyingParty, parameters: dict[str, str | None]
) -> None:
    answer = middle.token(
        **{"grant_type": TOKEN_EXCHANGE, "subject_token": called_with(shop)["access_token"], **ISSUED, **parameters}
    )
    assert refused(answer, "invalid_request")
    assert "token" in answer.json()["error_description"]


def test_o36_only_applications_that_may_exchange_do(
    middle: RelyingParty, shop: RelyingParty, app: RelyingParty, acme: Tenant
) -> None:
    for party in (shop, app):
        assert refused(exchange(party, party.tokens()["access_token"]), "unauthorized_client")
    with tenant_context(acme):
        change_application(middle.application, grant_types=["client_credentials"], actor=COMMAND)
    assert refused(exchange(middle, called_with(shop)["access_token"]), "unauthorized_client")
    middle.secret = "wrong"
    assert exchange(middle, "x").status_code == 401


def test_a_token_bound_to_a_key_never_becomes_one_that_isnt(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty, acme: Tenant
) -> None:
    phone, server = Holder(shop), Holder(middle)
    bound = phone.exchange(shop.code(scope=f"openid {READ}")).json()["access_token"]
    refusal = exchange(middle, bound, audience=REPORTS)
    assert refusal.json()["error"] == "invalid_dpop_proof"
    answer = server.token(
        grant_type=TOKEN_EXCHANGE, subject_token=bound, subject_token_type=ACCESS_TOKENS, audience=REPORTS
    )
    assert answer.json()["token_type"] == "DPoP"
    assert middle.accepts(answer.json()["access_token"], audience=REPORTS)["cnf"] == {"jkt": server.jkt}
    # Its own client has to prove the very key.
    with tenant_context(acme):
        allow(shop.application, TOKEN_EXCHANGE)
    how = {"grant_type": TOKEN_EXCHANGE, "subject_token": bound, "subject_token_type": ACCESS_TOKENS}
    assert phone.token(**how).status_code == 200
    assert Holder(shop).token(**how).json()["error"] == "invalid_dpop_proof"


@pytest.mark.django_db(transaction=True)
def test_an_exchange_costs_a_read_and_an_event(
    middle: RelyingParty, read_reports: Application, shop: RelyingParty
) -> None:
    first = called_with(shop)["access_token"]
    exchange(middle, first, audience=REPORTS)
    with statements(2):
        assert exchange(middle, first, audience=REPORTS).status_code == 200
