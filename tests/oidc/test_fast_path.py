"""Tokens are issued and looked at in front of Django, and nobody can tell."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django_tenants.utils import tenant_context

from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from oidc import fast_path
from oidc.middleware import ENDPOINTS
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.services.life_cycle import resume_tenant, suspend_tenant
from tests.oidc.front_door import FrontDoor
from tests.oidc.relying_party import INACTIVE, RelyingParty, basic, is_unauthorized
from tests.statements import statements

pytestmark = pytest.mark.django_db(transaction=True)
OWN = {"X-Request-ID", "Content-Length"}


@pytest.fixture(autouse=True)
def connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with Django's own test client: the test's connection outlives the request."""
    monkeypatch.setattr(fast_path, "close_old_connections", lambda: None)


@pytest.fixture
def front(shop: RelyingParty) -> FrontDoor:
    return FrontDoor(shop.browser)


@pytest.fixture
def own(service: RelyingParty) -> FrontDoor:
    return FrontDoor(service.browser)


def ask_for_own(service: RelyingParty, **others: str) -> Any:
    return service.token(grant_type="client_credentials", **others)


def test_eve_finds_no_door_at_a_host_that_is_nobodys(shop: RelyingParty, front: FrontDoor) -> None:
    tokens = shop.tokens()
    for host in ("evil.example", "localhost.evil.example", "localhost:80:80"):
        shop.browser.defaults["HTTP_HOST"] = host
        for _ in range(2):
            asked = front.asked
            assert shop.refresh(tokens["refresh_token"]).status_code == 400
            assert front.asked == asked + 1
    shop.browser.defaults["HTTP_HOST"] = "localhost"
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_eve_uses_a_token_of_globex_at_acmes_door_in_vain(
    shop: RelyingParty, rival: RelyingParty, front: FrontDoor
) -> None:
    theirs, own = rival.tokens(), shop.tokens()
    assert shop.userinfo(own["access_token"]).status_code == 200
    asked = front.asked
    assert shop.introspect(theirs["access_token"]).json() == INACTIVE
    assert front.asked == asked
    assert shop.userinfo(theirs["access_token"]).status_code == 401
    assert shop.refresh(theirs["refresh_token"]).status_code == 400
    assert rival.refresh(theirs["refresh_token"]).status_code == 200


def test_an_answer_is_the_same_with_and_without_django(shop: RelyingParty, front: FrontDoor) -> None:
    tokens = shop.tokens()
    uses: dict[str, tuple[Callable[[], Any], int]] = {
        "a service's own token": (lambda: ask_for_own(shop), 0),
        "userinfo": (lambda: shop.userinfo(tokens["access_token"]), 1),
        "introspection": (lambda: shop.introspect(tokens["access_token"]), 1),
        "refresh": (lambda: tokens.update(shop.refresh(tokens["refresh_token"]).json()), 2),
    }
    for use, cost in uses.values():
        forget_everything()
        by_django = use()
        asked = front.asked
        with statements(cost):
            at_the_door = use()
        assert front.asked == asked
        assert connection.schema_name == "public"
        if by_django is not None:
            assert at_the_door.status_code == by_django.status_code == 200
            assert set(at_the_door.headers) == set(by_django.headers)
            assert {name for name in by_django.headers if at_the_door[name] != by_django[name]} <= OWN
            assert at_the_door.json().keys() == by_django.json().keys()


def test_what_is_refused_at_the_door_is_told_by_django_and_noted_once(
    service: RelyingParty, own: FrontDoor, acme: Tenant
) -> None:
    assert ask_for_own(service).status_code == 200
    secret, service.secret = service.secret, "cs_wrong"
    refused = ask_for_own(service)
    service.secret = secret
    assert is_unauthorized(refused)
    assert refused["X-Content-Type-Options"] == "nosniff"
    with tenant_context(acme):
        event = Event.objects.get(action="application.authentication_failed")
    assert event.request_id == UUID(refused["X-Request-ID"])
    assert ask_for_own(service).status_code == 200


def test_a_tenant_that_is_suspended_issues_nothing_from_that_moment_on(
    service: RelyingParty, own: FrontDoor, acme: Tenant
) -> None:
    assert [ask_for_own(service).status_code for _ in range(2)] == [200, 200]
    suspend_tenant(acme, actor=Actor.command())
    assert ask_for_own(service).status_code == 503
    resume_tenant(acme, actor=Actor.command())
    assert ask_for_own(service).status_code == 200


def test_r06_a_database_that_is_lost_at_the_door_is_told_in_json(
    shop: RelyingParty, front: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = shop.tokens()
    assert shop.introspect(tokens["access_token"]).status_code == 200

    def lose(_: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setitem(ENDPOINTS, "/oidc/introspect", lose)
    answer = shop.introspect(tokens["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert answer["Retry-After"]


@pytest.fixture
def sent(service: RelyingParty, own: FrontDoor) -> Callable[..., dict[str, Any]]:
    """The environment of a request for the service's own token, once there was one."""
    assert [ask_for_own(service).status_code for _ in range(2)] == [200, 200]

    def environ(body: str = "grant_type=client_credentials", **headers: str) -> dict[str, Any]:
        content = body.encode()
        return own.sent | {"wsgi.input": BytesIO(content), "CONTENT_LENGTH": str(len(content)), **headers}

    return environ


def in_a_loop(front: FrontDoor, environ: dict[str, Any]) -> Any:
    async def ask() -> Any:
        return front.door.at_once(environ)

    return asyncio.run(ask())


def test_a_services_own_token_comes_from_memory(own: FrontDoor, sent: Callable[..., dict[str, Any]]) -> None:
    with statements(0):
        answer = in_a_loop(own, sent())
    assert answer.status == "200 OK"
    assert b'"access_token"' in answer.body
    assert "X-Request-ID" in dict(answer.headers)


@pytest.mark.parametrize(
    "others",
    [
        {"body": "grant_type=refresh_token&refresh_token=x"},
        # However it is spelled: keys of a client may have to be fetched, and a proof is used up.
        {"body": "grant_type=client_credentials&client%5Fassertion=x"},
        {"body": "grant_type=client_credentials", "HTTP_DPOP": "x"},
        {"body": "grant_type=client_credentials", "HTTP_AUTHORIZATION": basic("nobody", "wrong")},
        {"body": "grant_type=client_credentials&grant_type=client_credentials"},
        {"body": "grant_type=client_credentials&scope=a&resource=b&client_id=c&client_secret=d&client_assertion=x"},
    ],
)
def test_nothing_else_does(own: FrontDoor, sent: Callable[..., dict[str, Any]], others: dict[str, str]) -> None:
    environ = sent(**others)
    assert in_a_loop(own, environ) is None
    assert environ["wsgi.input"].read() == others["body"].encode()


def test_nothing_comes_from_memory_that_has_to_be_asked_for(
    own: FrontDoor, sent: Callable[..., dict[str, Any]], service: RelyingParty
) -> None:
    forget_everything()
    assert in_a_loop(own, sent()) is None
    service.post("/oidc/token", {"grant_type": "client_credentials"}, {"Authorization": own.sent["HTTP_AUTHORIZATION"]})
    assert in_a_loop(own, sent()).status == "200 OK"
