"""Requests that an application sends ahead itself (RFC 9126)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from applications.services.deletion import delete_application
from applications.services.registration import register_application
from audit.services import Actor
from oidc.authorization.services import sweep_pushed_requests
from oidc.models import PushedRequest
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import BOOKSHOP_CALLBACK, PASSWORD, new_secret
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer

PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(client: RelyingParty, **parameters: str | None) -> Any:
    return client.as_client("/oidc/par", **client.request(**parameters))


def request_uri(client: RelyingParty, **parameters: str | None) -> str:
    answer = push(client, **parameters)
    assert answer.status_code == 201, answer.content
    uri: str = answer.json()["request_uri"]
    return uri


def come(client: RelyingParty, uri: str, browser: Browser | None = None, **others: str) -> Any:
    parameters: Mapping[str, str] = {"client_id": client.client_id, "request_uri": uri, **others}
    return (browser or client.browser).get("/oidc/authorize", parameters)


def is_a_page(answer: HttpResponse) -> bool:
    return answer.status_code == 400 and "Location" not in answer and b"<h1>" in answer.content


def test_a_request_is_pushed_and_answered(shop: RelyingParty, carol: Account) -> None:
    answer = push(shop)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    members = answer.json()
    assert members.keys() == {"request_uri", "expires_in"}
    assert 60 <= members["expires_in"] <= 90
    assert re.fullmatch(re.escape(PREFIX) + r"[A-Za-z0-9_\-]{43}", members["request_uri"])
    told = answer_in(come(shop, members["request_uri"]))
    assert told["state"] == "the state"
    claims = shop.accepts(shop.exchange(told["code"]).json()["id_token"], audience=shop.client_id)
    assert (claims["sub"], claims["nonce"]) == (str(carol.pk), "the nonce")


def test_a_public_client_pushes_by_its_client_id(app: RelyingParty) -> None:
    assert "code" in answer_in(come(app, request_uri(app)))


def test_the_secret_may_stand_in_the_body_and_is_kept_nowhere(shop: RelyingParty) -> None:
    answer = shop.post("/oidc/par", shop.request(client_secret=shop.secret, unknown="x"))
    assert answer.status_code == 201
    with tenant_context(shop.browser.tenant):
        row = PushedRequest.objects.get()
    assert row.parameters == shop.request()
    assert answer.json()["request_uri"].removeprefix(PREFIX) not in row.digest


def test_the_client_id_need_not_stand_in_the_body_of_an_authenticated_request(shop: RelyingParty) -> None:
    assert "code" in answer_in(come(shop, request_uri(shop, client_id=None)))


def test_o45_a_request_is_used_once(shop: RelyingParty) -> None:
    uri = request_uri(shop)
    assert "code" in answer_in(come(shop, uri))
    assert is_a_page(come(shop, uri))


def test_o45_another_applications_request_is_unknown(
    shop: RelyingParty, app: RelyingParty, rival: RelyingParty
) -> None:
    uri = request_uri(shop)
    assert is_a_page(come(app, uri))
    assert is_a_page(come(rival, uri))
    assert "code" in answer_in(come(shop, uri))


@pytest.mark.parametrize("uri", [PREFIX, PREFIX + "x", PREFIX + "\0", PREFIX + "x" * 9000, PREFIX + "ü"])
def test_o45_a_made_up_reference_is_a_page(shop: RelyingParty, uri: str) -> None:
    page = come(shop, uri, redirect_uri=BOOKSHOP_CALLBACK)
    assert is_a_page(page)
    assert "Back to Bookshop" in page.content.decode()


def test_o45_a_request_expires(shop: RelyingParty, time_machine: TimeMachineFixture) -> None:
    uri, late = request_uri(shop), request_uri(shop)
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=85), tick=True)
    assert "code" in answer_in(come(shop, uri))
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=10), tick=True)
    assert is_a_page(come(shop, late))


def test_only_what_was_pushed_counts(shop: RelyingParty) -> None:
    uri = request_uri(shop, scope="openid", state="pushed")
    told = answer_in(come(shop, uri, scope="openid email", state="typed", redirect_uri="https://evil.example/"))
    assert told["state"] == "pushed"
    assert shop.exchange(told["code"]).json()["scope"] == "openid"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"request_uri": PREFIX + "x"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"id_token_hint": "garbage"}, "invalid_request"),
        ({"state": "a\0b"}, "invalid_request"),
        ({"resource": "https://api.example"}, "invalid_target"),
    ],
)
def test_a_wrong_request_is_refused_when_it_is_pushed(
    shop: RelyingParty, parameters: dict[str, str | None], error: str
) -> None:
    answer = push(shop, **parameters)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    with tenant_context(shop.browser.tenant):
        assert not PushedRequest.objects.exists()


def test_o13_only_the_client_itself_may_push(shop: RelyingParty, app: RelyingParty, rival: RelyingParty) -> None:
    parameters = shop.request()
    assert shop.post("/oidc/par", parameters).status_code == 401
    assert shop.post("/oidc/par", {**parameters, "client_secret": "wrong"}).status_code == 401
    assert push(shop, client_id=app.client_id).json()["error"] == "invalid_request"
    assert rival.post("/oidc/par", {**parameters, "client_secret": shop.secret}).status_code == 401


def test_a_service_has_nothing_to_push(service: RelyingParty) -> None:
    assert push(service, redirect_uri=BOOKSHOP_CALLBACK).json()["error"] == "invalid_request"


def test_o42_parameters_come_once_in_a_form(shop: RelyingParty) -> None:
    for twice in ("client_id", "scope"):
        body = "&".join(f"{name}=x" for name in ("client_id", "scope", twice))
        answer = shop.browser.post("/oidc/par", body, "application/x-www-form-urlencoded")
        assert answer.status_code in {400, 401}
    assert shop.browser.post("/oidc/par", {"client_id": shop.client_id}).status_code == 400
    assert shop.browser.get("/oidc/par").status_code == 405


def test_whoever_loads_the_page_again_goes_on_where_they_were(shop: RelyingParty, carol: Account) -> None:
    customer = Customer(shop.browser.tenant)
    uri = request_uri(shop)
    customer.follow(come(shop, uri, customer.browser))
    assert customer.path.endswith("/address/")
    customer.submit({"email": carol.email})
    customer.follow(come(shop, uri, customer.browser))
    assert customer.path.endswith("/password/")
    assert is_a_page(come(shop, uri, Browser(shop.browser.tenant)))
    answer: Any = customer.browser.post(customer.path, {"password": PASSWORD})
    assert "code" in answer_in(customer.browser.get(answer["Location"]))


def test_whoever_was_choosing_an_account_is_asked_again(shop: RelyingParty, carol: Account) -> None:
    uri = request_uri(shop, prompt="select_account")
    first, second = come(shop, uri)["Location"], come(shop, uri)["Location"]
    assert first == second
    assert "code" in answer_in(shop.browser.post(first, {"account": str(carol.pk)}))


@pytest.fixture
def strict(acme: Tenant, acme_browser: Browser, carol: Account) -> RelyingParty:
    """An application that has to push its requests."""
    with tenant_context(acme):
        application = register_application(
            name="Strict",
            kind=Application.Kind.WEB,
            redirect_uris=["https://strict.example/callback"],
            requires_pushed_requests=True,
            actor=Actor.command(),
        )
        secret = new_secret(application)
    acme_browser.sign_in(carol)
    return RelyingParty(acme_browser, application, secret)


def test_an_application_that_has_to_push_is_held_to_it(strict: RelyingParty) -> None:
    assert answer_in(strict.authorize())["error"] == "invalid_request"
    assert "code" in answer_in(come(strict, request_uri(strict)))


def test_a_pushed_request_stays_pushed_through_a_sign_in(strict: RelyingParty, carol: Account) -> None:
    customer = Customer(strict.browser.tenant)
    customer.follow(come(strict, request_uri(strict), customer.browser))
    customer.submit({"email": carol.email})
    answer: Any = customer.browser.post(customer.path, {"password": PASSWORD})
    assert "code" in answer_in(customer.browser.get(answer["Location"]))


def test_the_switch_counts_at_once(shop: RelyingParty, bookshop: Application) -> None:
    assert "code" in answer_in(shop.authorize())
    with tenant_context(shop.browser.tenant):
        change_application(
            bookshop,
            name=bookshop.name,
            redirect_uris=bookshop.redirect_uri_list,
            post_logout_redirect_uris=bookshop.post_logout_redirect_uri_list,
            user_flow=bookshop.user_flow_id,
            requires_pushed_requests=True,
            actor=Actor.command(),
        )
    assert answer_in(shop.authorize())["error"] == "invalid_request"


def test_o49_discovery_names_the_endpoint(acme_browser: Browser) -> None:
    metadata = acme_browser.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["pushed_authorization_request_endpoint"] == metadata["issuer"] + "/par"
    assert metadata["require_pushed_authorization_requests"] is False


def test_what_has_expired_is_forgotten_and_what_is_deleted_takes_its_requests_along(
    shop: RelyingParty, bookshop: Application, time_machine: TimeMachineFixture
) -> None:
    request_uri(shop)
    with tenant_context(shop.browser.tenant):
        assert sweep_pushed_requests() == 0
        time_machine.move_to(datetime.now(UTC) + timedelta(hours=2), tick=True)
        assert sweep_pushed_requests() == 1
    request_uri(shop)
    with tenant_context(shop.browser.tenant):
        delete_application(bookshop, actor=Actor.command())
        assert not PushedRequest.objects.exists()
