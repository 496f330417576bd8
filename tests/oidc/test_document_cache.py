"""What the issuers publish is handed out from memory, and never a moment longer than it is true."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from audit.services import Actor
from oidc.document_cache import DocumentCache
from tenants.models import Tenant
from tenants.services.life_cycle import resume_tenant, suspend_tenant

pytestmark = pytest.mark.django_db(transaction=True)
DISCOVERY = "/t/acme/oidc/.well-known/openid-configuration"


class Door:
    """A door in front of Django, which counts how often it has to open."""

    def __init__(self) -> None:
        self.opened = 0
        self._django = WSGIHandler()
        self._door = DocumentCache(self._behind)

    def get(self, path: str, *, host: str = "localhost") -> tuple[str, dict[str, str], bytes]:
        said: list[Any] = []
        request = RequestFactory().get(path, headers={"host": host})
        body = self._door(request.environ, lambda *said_now: said.append(said_now))  # type: ignore[arg-type]
        return said[0][0], dict(said[0][1]), b"".join(body)

    def _behind(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.opened += 1
        return self._django(environ, start_response)


@pytest.fixture
def door(acme: Tenant) -> Iterator[Door]:
    # As Django's own test client does: the test's connection outlives the request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Door()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(
    "path", [DISCOVERY, "/t/acme/oidc/jwks", "/t/acme/oidc/.well-known/oauth-authorization-server"]
)
def test_a_document_is_made_once(door: Door, path: str) -> None:
    first = door.get(path)
    assert first[0] == "200 OK"
    assert first[1]["X-Content-Type-Options"] == "nosniff"
    again = door.get(path)
    assert (again[0], again[2]) == (first[0], first[2])
    assert again[1].keys() == first[1].keys()
    assert {name for name in first[1] if again[1][name] != first[1][name]} == {"X-Request-ID"}
    assert door.opened == 1


def test_each_tenant_has_its_own(door: Door, globex: Tenant) -> None:
    acme_says = door.get(DISCOVERY)[2]
    globex_says = door.get(DISCOVERY.replace("acme", "globex"))[2]
    assert b"/t/acme/oidc" in acme_says
    assert b"/t/acme/" not in globex_says
    assert b"/t/globex/oidc" in globex_says


def test_a_suspended_tenant_publishes_nothing_from_that_moment_on(door: Door, acme: Tenant) -> None:
    assert door.get(DISCOVERY)[0] == "200 OK"
    suspend_tenant(acme, actor=Actor.command())
    assert door.get(DISCOVERY)[0].startswith("503 ")
    resume_tenant(acme, actor=Actor.command())
    assert door.get(DISCOVERY)[0] == "200 OK"


def test_a_refusal_is_never_kept(door: Door) -> None:
    for path in (DISCOVERY.replace("acme", "nobody"), "/t/nobody/oidc/jwks"):
        assert door.get(path)[0].startswith("404 ")
    assert door.get(DISCOVERY, host="evil.example")[0].startswith("400 ")
    opened = door.opened
    assert door.get(DISCOVERY, host="evil.example")[0].startswith("400 ")
    assert door.opened == opened + 1


def test_all_other_requests_go_to_django(door: Door) -> None:
    for _ in range(2):
        assert door.get(f"{DISCOVERY}?cache=no")[0] == "200 OK"
        assert door.get("/healthz")[0] == "200 OK"
    assert door.opened == 4
