"""Behind HAProxy, Caddy and Envoy, by the lines of docs/how-to/deploy.md, over TLS and with a host for each tenant."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context
from pytest_django import DjangoDbBlocker

from applications.models import Application
from audit.models import Event
from tenants.models import Tenant
from tests import database
from tests.serving.conftest import Served, serving
from tests.serving.documented_proxies import BASE, CLIENT, HOST, PROXIES, Answer, Proxy, read_answer, running
from tests.serving.stand_in_servers import OfAnotherRelease, WithOtherTenants, answering
from tests.serving.strange_clients import FORM

pytestmark = [pytest.mark.long, pytest.mark.django_db]

IS_FORM = b"Content-Type: " + FORM.encode()
IN_CHUNKS = b"Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def product(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """As somebody runs it who follows the document."""
    keys = (f"{name}:{base64.b64encode(key).decode()}" for name, key in settings.CIAM_ENCRYPTION_KEYS.items())
    with django_db_blocker.unblock():
        with serving(
            tmp_path_factory.mktemp("product"),
            CIAM_BASE_URL=f"https://{BASE}",
            CIAM_TENANT_ADDRESSING="host",
            CIAM_TRUSTED_PROXIES="1",
            CIAM_ENCRYPTION_KEYS=",".join(keys),
            EMAIL_URL="outbox:",
        ) as served:
            yield served
        database.restore()


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request: pytest.FixtureRequest, product: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """One of the proxies, with two web servers behind it; here both are the same one."""
    with running(request.param, tmp_path_factory.mktemp("proxy"), product.port, product.port) as proxy:
        yield proxy


@pytest.fixture
def wrong(reports: Application) -> bytes:
    """A request for tokens that is refused, and noted with the address it came from."""
    return f"grant_type=client_credentials&client_id={reports.client_id}&client_secret=wrong".encode()


def noted_address(answer: Answer, tenant: Tenant) -> str:
    """The address in the audit event of the answered request."""
    with tenant_context(tenant):
        return str(Event.objects.get(request_id=answer.headers["X-Request-ID"]).ip)


@pytest.mark.parametrize(
    "chosen",
    [
        b"X-Forwarded-For: 6.6.6.6",
        b"X-Forwarded-For: \xe9",
        b"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: \xe9",
        b"X-Forwarded-For: 6.6.6.6\r\nConnection: keep-alive, X-Forwarded-For",
        b"X_Forwarded_For: 6.6.6.6",
        b"Forwarded: for=6.6.6.6;proto=http;host=evil.example\r\nX-Real-IP: 6.6.6.6",
    ],
)
def test_t05_no_header_of_a_clients_own_makes_its_address(
    proxy: Proxy, acme: Tenant, wrong: bytes, chosen: bytes
) -> None:
    answer = proxy.ask("POST /oidc/token", IS_FORM, chosen, b"Content-Length: %d" % len(wrong), body=wrong)
    if proxy.name == "envoy" and b"Connection" in chosen:
        assert (answer.status, answer.body) == (400, b"Bad Request"), "It refuses such a request by itself."
        return
    assert answer.status == 401
    assert noted_address(answer, acme) == CLIENT


@pytest.mark.parametrize("chosen", [b"X-Forwarded-Proto: http", b"X_Forwarded_Proto: http", b"Forwarded: proto=http"])
def test_t03_scheme_and_host_arrive_whatever_else_a_client_says(proxy: Proxy, chosen: bytes) -> None:
    evil = b"X-Forwarded-Host: globex." + BASE.encode()
    assert proxy.ask("GET /sign-up/", evil, chosen).headers["Strict-Transport-Security"], "It came over http."
    assert f"https://{HOST}".encode() in proxy.ask("GET /oidc/.well-known/openid-configuration", evil, chosen).body


def test_a_body_in_chunks_is_read_to_its_end(proxy: Proxy, acme: Tenant, wrong: bytes) -> None:
    parts = (wrong[:20], wrong[20:], b"")
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    answer = proxy.ask("POST /oidc/token", IS_FORM, IN_CHUNKS, body=chunks)
    assert answer.status == 401
    assert noted_address(answer, acme) == CLIENT


@pytest.mark.parametrize("length", [b"Content-Length: 3000000", IN_CHUNKS])
def test_r32_the_proxy_hands_on_that_a_body_is_too_large(proxy: Proxy, length: bytes) -> None:
    content = b"x" * 3_000_000
    body = b"2dc6c0\r\n" + content + b"\r\n0\r\n\r\n" if length == IN_CHUNKS else content
    answer = proxy.ask("POST /oidc/token", IS_FORM, length, body=body)
    assert answer.status == 413
    assert answer.body == b'{"error": "invalid_request", "error_description": "The body is too large."}'


def test_health_is_told_as_often_as_a_connection_asks(proxy: Proxy) -> None:
    with proxy.connect() as connection:
        for _ in range(20):
            connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            assert read_answer(connection).body == b'{"status": "ok"}'


@pytest.mark.parametrize("name", PROXIES)
def test_who_reads_doesnt_notice_that_one_server_isnt_ready(name: str, product: Served, tmp_path: Path) -> None:
    with answering(OfAnotherRelease) as outdated, running(name, tmp_path, outdated, product.port) as proxy:
        assert {proxy.ask("GET /sign-up/").status for _ in range(10)} == {303}


@pytest.mark.parametrize("name", ["haproxy", "envoy"])
def test_who_reads_is_led_to_the_next_server_when_one_has_another_release(
    name: str, product: Served, tmp_path: Path
) -> None:
    with answering(WithOtherTenants) as outdated, running(name, tmp_path, outdated, product.port) as proxy:
        assert {proxy.ask("GET /sign-up/").status for _ in range(10)} == {303}


def test_envoy_sends_a_form_to_the_next_server_when_nothing_was_done(
    product: Served, acme: Tenant, wrong: bytes, tmp_path: Path
) -> None:
    length = b"Content-Length: %d" % len(wrong)
    with answering(WithOtherTenants) as outdated, running("envoy", tmp_path, outdated, product.port) as proxy:
        answers = {proxy.ask("POST /oidc/token", IS_FORM, length, body=wrong).status for _ in range(10)}
    assert answers == {401}
