"""HAProxy, Caddy and Envoy, by the lines that docs/how-to/deploy.md gives for them."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.serving.conftest import free_port
from tests.tls import certificate_for

BASE = "login.example.com"
HOST = f"acme.{BASE}"
CLIENT = "127.0.0.2"
"""Where the requests come from: another address than the proxy's own."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Proxy:
    """Which proxy it is, where it answers, and what its clients trust."""

    name: str
    port: int
    trust: ssl.SSLContext

    @contextmanager
    def connect(self) -> Iterator[ssl.SSLSocket]:
        address = ("127.0.0.1", self.port)
        with (
            socket.create_connection(address, timeout=20, source_address=(CLIENT, 0)) as plain,
            self.trust.wrap_socket(plain, server_hostname=HOST) as connection,
        ):
            yield connection

    def ask(self, line: str, *headers: bytes, body: bytes = b"") -> Answer:
        """The answer to a request with `Host` and exactly these headers, which no library would send."""
        with self.connect() as connection:
            connection.sendall(b"\r\n".join([f"{line} HTTP/1.1\r\nHost: {HOST}".encode(), *headers, b"", b""]))
            connection.sendall(body)
            return read_answer(connection)


def read_answer(connection: ssl.SSLSocket) -> Answer:
    """The next answer on the connection, to a request that isn't HEAD."""
    answer = HTTPResponse(connection)
    answer.begin()
    return Answer(answer.status, answer.headers, answer.read())


@contextmanager
def running(name: str, folder: Path, *servers: int) -> Iterator[Proxy]:
    """The proxy in front of servers on these ports, its files in the folder. Skips where it isn't installed."""
    if not (program := shutil.which(name, path=f"/usr/sbin:/usr/bin:{sysconfig.get_path('scripts')}")):
        pytest.skip(f"{name} isn't installed, and apt couldn't install it.")
    certificate, _ = certificate_for(folder, BASE, f"*.{BASE}")
    port = free_port()
    addresses = (f"127.0.0.1:{server}" for server in servers)
    arguments = PROXIES[name](folder, port, dict(zip(("web-1:8000", "web-2:8000"), addresses, strict=True)))
    with (folder / "log").open("wb") as log:
        environment = os.environ | {"HOME": str(folder)}
        process = subprocess.Popen([program, *arguments], env=environment, stdout=log, stderr=subprocess.STDOUT)
    proxy = Proxy(name, port, ssl.create_default_context(cafile=str(certificate)))
    try:
        _wait(proxy)
        yield proxy
    finally:
        process.kill()
        process.wait()


def _wait(proxy: Proxy) -> None:
    for _ in range(200):
        try:
            if proxy.ask("GET /readyz").status == 200:
                return
        except OSError:
            # It isn't there yet.
            pass
        time.sleep(0.05)
    raise TimeoutError("The proxy doesn't answer.")


def _documented(name: str, changes: dict[str, str]) -> str:
    """The document's lines, with the files and ports of a test."""
    page = (ROOT / "docs" / "how-to" / "deploy.md").read_text()
    lines = re.search(rf"^\*\*{name}\*\*.*?^```\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert lines, f"The document has no lines for {name}."
    text = lines[1]
    for old, new in changes.items():
        assert old in text, f"{old!r} isn't among the document's lines for {name}."
        text = text.replace(old, new)
    return text


def _haproxy(folder: Path, port: int, servers: dict[str, str]) -> list[str]:
    certificate, configuration = folder / "login.pem", folder / "haproxy.cfg"
    certificate.write_text((folder / "certificate.pem").read_text() + (folder / "key.pem").read_text())
    changes = {"bind :443": f"bind 127.0.0.1:{port}", "/etc/haproxy/login.pem": str(certificate)}
    configuration.write_text(_documented("HAProxy", changes | servers))
    return ["-db", "-f", str(configuration)]


def _caddy(folder: Path, port: int, servers: dict[str, str]) -> list[str]:
    changes = {
        "/etc/caddy/login.pem": str(folder / "certificate.pem"),
        "/etc/caddy/login.key": str(folder / "key.pem"),
    }
    if _caddy_version() < (2, 6, 4):
        # As the document says of Debian 12's.
        changes["request_buffers 1MiB"] = "buffer_requests"
    text = _documented("Caddy", changes | servers)
    of_a_test = ("{", "admin off", "auto_https disable_redirects", "default_bind 127.0.0.1", f"https_port {port}", "")
    (folder / "Caddyfile").write_text(text.replace("{\n", "\n".join(of_a_test), 1))
    return ["run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _caddy_version() -> tuple[int, ...]:
    said = subprocess.run(["caddy", "version"], check=True, capture_output=True, text=True).stdout
    return tuple(int(number) for number in re.findall(r"\d+", said)[:3])


def _envoy(folder: Path, port: int, servers: dict[str, str]) -> list[str]:
    changes = {
        "0.0.0.0, port_value: 443": f"127.0.0.1, port_value: {port}",
        "/etc/envoy/login.pem": str(folder / "certificate.pem"),
        "/etc/envoy/login.key": str(folder / "key.pem"),
    }
    for documented, address in servers.items():
        (name, documented_port), (host, server_port) = documented.split(":"), address.split(":")
        changes[f"address: {name}, port_value: {documented_port}"] = f"address: {host}, port_value: {server_port}"
    (folder / "envoy.yaml").write_text(_documented("Envoy", changes))
    return ["--config-path", str(folder / "envoy.yaml"), "--concurrency", "1", "--disable-hot-restart"]


PROXIES: dict[str, Callable[[Path, int, dict[str, str]], list[str]]] = {
    "haproxy": _haproxy,
    "caddy": _caddy,
    "envoy": _envoy,
}
"""What writes the configuration of each into a folder, and returns the arguments that start it."""
