"""Behind nginx, as the composition configures it."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from tenants.models import Tenant
from tests.cast import new_secret
from tests.crowd import at_once
from tests.environment import ROOT
from tests.serving.conftest import Served, free_port
from tests.serving.strange_clients import FORM, TOKEN, ask, unsent_bodies

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx isn't installed, and apt couldn't install it.")


class OfAnotherRelease(BaseHTTPRequestHandler):
    """Answers as a server does whose release isn't the database's."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def outdated() -> Iterator[int]:
    """The port of a server that answers 503 to everything."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OfAnotherRelease) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def nginx(folder: Path, *servers: int) -> Iterator[Served]:
    """nginx with the composition's configuration, in front of servers on these ports."""
    port = free_port()
    text = (ROOT / "compose" / "nginx.conf").read_text()
    for name, server in zip(("web-1:8000", "web-2:8000"), servers, strict=True):
        text = text.replace(name, f"127.0.0.1:{server}")
    text = text.replace("listen 8000;", f"listen 127.0.0.1:{port};").replace(" /tmp/", f" {folder}/")
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


@pytest.fixture
def credentials(acme: Tenant, reports: Application) -> tuple[str, str]:
    with tenant_context(acme):
        return str(reports.client_id), new_secret(reports)


def test_r31_unsent_bodies_stop_nobody_behind_the_proxy(proxied: Served, credentials: tuple[str, str]) -> None:
    with unsent_bodies(proxied, 200), httpx.Client(base_url=proxied.url, timeout=10) as client:
        assert client.post(TOKEN, data={"grant_type": "client_credentials"}, auth=credentials).status_code == 200
        assert client.get("/t/acme/sign-in/", follow_redirects=True).status_code == 200


def test_r32_the_proxy_hands_on_that_a_body_is_too_large(proxied: Served) -> None:
    head = f"POST {TOKEN} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: {FORM}\n"
    answer = ask(proxied, f"{head}Content-Length: 3000000\n\n", b"x" * 3_000_000)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b'"The body is too large."}')


def test_nobody_notices_that_one_server_is_being_upgraded(
    in_the_midst_of_an_upgrade: Served, credentials: tuple[str, str]
) -> None:
    with httpx.Client(base_url=in_the_midst_of_an_upgrade.url, timeout=10) as client:
        for _ in range(20):
            assert client.get("/t/acme/sign-up/", follow_redirects=True).status_code == 200
            assert client.post(TOKEN, data={"grant_type": "client_credentials"}, auth=credentials).status_code == 200


def test_no_post_of_many_at_once_is_left_with_the_answer_of_the_server_being_upgraded(
    in_the_midst_of_an_upgrade: Served, credentials: tuple[str, str]
) -> None:
    """Whose turn it is for the second try is chance, where others ask between the two."""

    def ask_for_a_token() -> int:
        with httpx.Client(base_url=in_the_midst_of_an_upgrade.url, timeout=20) as client:
            return client.post(TOKEN, data={"grant_type": "client_credentials"}, auth=credentials).status_code

    assert at_once(24, ask_for_a_token) == [200] * 24
