"""Behind nginx, as the composition configures it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from audit.models import Event
from tenants.models import Tenant
from tests.crowd import at_once
from tests.environment import ROOT
from tests.serving.conftest import Served, free_port
from tests.serving.stand_in_servers import LosesItsDatabase, OfAnotherRelease, answering
from tests.serving.strange_clients import FORM, TOKEN, ask, unsent_bodies

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx isn't installed, and apt couldn't install it.")


@pytest.fixture
def outdated() -> Iterator[int]:
    """The port of a server that answers 503 to everything, having done nothing."""
    with answering(OfAnotherRelease) as port:
        yield port


def nginx(folder: Path, *servers: int, behind: str = "") -> Iterator[Served]:
    """nginx with the composition's configuration, in front of servers on these ports, and behind a proxy if need be."""
    port = free_port()
    text = (ROOT / "compose" / "nginx.conf").read_text()
    for name, server in zip(("web-1:8000", "web-2:8000"), servers, strict=True):
        text = text.replace(name, f"127.0.0.1:{server}")
    text = text.replace("listen 8000;", f"listen 127.0.0.1:{port};").replace(" /tmp/", f" {folder}/")
    if behind:
        text = text.replace("# set_real_ip_from 172.16.0.0/12;", f"set_real_ip_from {behind};")
        text = text.replace("# real_ip_header", "real_ip_header")
    # Its processes else run as somebody who may not enter pytest's folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"daemon off;\n{user}{text}")
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    proxy = Served(port, None, folder)  # type: ignore[arg-type]
    try:
        _wait(proxy)
        yield proxy
    finally:
        process.terminate()
        process.wait()


def _wait(proxy: Served) -> None:
    for _ in range(100):
        try:
            proxy.connect().close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("nginx doesn't answer.")


@pytest.fixture
def proxied(served: Served, tmp_path: Path) -> Iterator[Served]:
    """Two web servers behind the proxy; here both are the same one."""
    yield from nginx(tmp_path, served.port, served.port)


@pytest.fixture
def in_the_midst_of_an_upgrade(served: Served, outdated: int, tmp_path: Path) -> Iterator[Served]:
    """One of the two servers isn't at the database's release."""
    yield from nginx(tmp_path, outdated, served.port)


def of_somebody_else(proxy: Served) -> httpx.Client:
    """A client with another address than these tests' other ones."""
    return httpx.Client(base_url=proxy.url, timeout=10, transport=httpx.HTTPTransport(local_address="127.0.0.2"))


def test_r31_unsent_bodies_stop_nobody_behind_the_proxy(proxied: Served, credentials: tuple[str, str]) -> None:
    with unsent_bodies(proxied, 200), of_somebody_else(proxied) as client:
        assert httpx.get(f"{proxied.url}/healthz").status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert client.post(TOKEN, data={"grant_type": "client_credentials"}, auth=credentials).status_code == 200
        assert client.get("/t/acme/sign-in/", follow_redirects=True).status_code == 200


def test_r32_the_proxy_hands_on_that_a_body_is_too_large(proxied: Served) -> None:
    head = f"POST {TOKEN} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: {FORM}\n"
    answer = ask(proxied, f"{head}Content-Length: 3000000\n\n", b"x" * 3_000_000)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b'"The body is too large."}')


@pytest.mark.parametrize(
    "sent",
    [
        b"X-Forwarded-For: \xe9",
        b"X-Forwarded-For: 6.6.6.6",
        b"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: \xe9",
        b"X_Forwarded_For: 6.6.6.6\r\nX-Forwarded_For: 6.6.6.6",
    ],
)
def test_t05_nothing_sent_hides_a_clients_address_from_the_proxy(
    still_served_to_proxies: Served, acme: Tenant, reports: Application, tmp_path: Path, sent: bytes
) -> None:
    form = f"grant_type=client_credentials&client_id={reports.client_id}&client_secret=wrong".encode()
    head = f"POST {TOKEN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {FORM}\r\n".encode()
    for proxy in nginx(tmp_path, still_served_to_proxies.port, still_served_to_proxies.port):
        with proxy.connect() as client:
            client.sendall(b"%s%s\r\nContent-Length: %d\r\n\r\n%s" % (head, sent, len(form), form))
            assert client.recv(12).endswith(b"401")
    with tenant_context(acme):
        assert str(Event.objects.latest("at").ip) == "127.0.0.1"


def test_the_proxys_own_proxy_tells_whose_request_it_is(
    still_served_to_proxies: Served, acme: Tenant, reports: Application, tmp_path: Path
) -> None:
    """With the two lines of the configuration that are comments until another proxy stands in front."""
    form = {"grant_type": "client_credentials", "client_id": str(reports.client_id), "client_secret": "wrong"}
    for proxy in nginx(tmp_path, still_served_to_proxies.port, still_served_to_proxies.port, behind="127.0.0.1"):
        for address in ("192.0.2.7", "6.6.6.6, 192.0.2.8"):
            httpx.post(f"{proxy.url}{TOKEN}", data=form, headers={"X-Forwarded-For": address})
    with tenant_context(acme):
        assert [str(event.ip) for event in Event.objects.order_by("at")][-2:] == ["192.0.2.7", "192.0.2.8"]


def test_nobody_notices_that_one_server_is_being_upgraded(
    in_the_midst_of_an_upgrade: Served, credentials: tuple[str, str]
) -> None:
    with httpx.Client(base_url=in_the_midst_of_an_upgrade.url, timeout=20) as client, ThreadPoolExecutor(8) as clients:
        # Each by a browser of its own: the page after the first is for who has begun.
        sign_up = f"{in_the_midst_of_an_upgrade.url}/t/acme/sign-up/"
        for page in clients.map(lambda _: httpx.get(sign_up, follow_redirects=True, timeout=20), range(40)):
            assert page.status_code == 200
        grant = {"grant_type": "client_credentials"}
        for tokens in clients.map(lambda _: client.post(TOKEN, data=grant, auth=credentials), range(40)):
            assert tokens.status_code == 200


def test_r53_a_form_is_sent_twice_only_if_nothing_was_done(tmp_path: Path) -> None:
    OfAnotherRelease.asked.clear()
    LosesItsDatabase.asked.clear()
    with answering(OfAnotherRelease) as outdated, answering(LosesItsDatabase) as lost:
        for proxy in nginx(tmp_path, outdated, lost):
            answers = [httpx.post(f"{proxy.url}/{number}", data={"code": "1"}) for number in range(6)]
    assert {answer.status_code for answer in answers} == {HTTPStatus.SERVICE_UNAVAILABLE}
    assert {answer.headers["Retry-After"] for answer in answers} == {"10"}
    assert sorted(LosesItsDatabase.asked) == [f"/{number}" for number in range(6)]


def test_no_post_of_many_at_once_is_left_with_the_answer_of_the_server_being_upgraded(
    in_the_midst_of_an_upgrade: Served, credentials: tuple[str, str]
) -> None:
    """Whose turn it is for the second try is chance, where others ask between the two."""

    def ask_for_a_token() -> int:
        with httpx.Client(base_url=in_the_midst_of_an_upgrade.url, timeout=20) as client:
            return client.post(TOKEN, data={"grant_type": "client_credentials"}, auth=credentials).status_code

    assert at_once(24, ask_for_a_token) == [200] * 24
