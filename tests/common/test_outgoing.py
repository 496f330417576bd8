"""C-12: the addresses somebody else chose, and how far the product goes with them."""

import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django.fixtures import Settings

from common.web import outgoing
from common.web.outgoing import OutgoingError, call, url_problem

NAME = "keys.example.test"


class Partner(http.server.BaseHTTPRequestHandler):
    """Somebody else's server; `seen` is what it was asked."""

    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.seen.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        if self.path == "/elsewhere":
            self._answer(302, b"", Location="http://169.254.169.254/latest/meta-data/")
        elif self.path == "/endless":
            self._answer(200, b"x" * 100_000)
        elif self.path == "/silent":
            time.sleep(1)
        elif self.path == "/dripping":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b" ")
                time.sleep(0.05)
        else:
            self._answer(200, b'{"keys": []}', **{"Content-Type": "application/json", "Set-Cookie": "a=b"})

    def do_POST(self) -> None:
        self.do_GET()

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            pass

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """Starts the partner, over TLS if there is a context; returns its port."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(context: ssl.SSLContext | None = None) -> int:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Partner)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return server.server_port

    Partner.seen.clear()
    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context with a certificate for NAME, which this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path / "server.pem"
    path.write_bytes(key.private_bytes(*private) + signed.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Lets every name lead to these addresses, one answer a question; returns the names asked for."""

    def pretend(*answers: list[str]) -> list[str]:
        asked: list[str] = []
        left = list(answers)
        real = socket.getaddrinfo

        def answer(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
            if host[:1].isdigit() or ":" in host:
                return real(host, port, *args, **kwargs)
            asked.append(host)
            return [(0, 0, 0, "", (address, port)) for address in (left.pop(0) if len(left) > 1 else left[0])]

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        return asked

    return pretend


@pytest.fixture
def refuses_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise AssertionError("A connection was opened.")

    monkeypatch.setattr(outgoing, "_connection", refuse)


INTERNAL = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::10.0.0.1",
    "2001:db8::1",
    "2001:0:7f00:1::",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", INTERNAL)
@pytest.mark.usefixtures("refuses_all_connections")
def test_c12_a_name_that_leads_inside_isnt_called(
    settings: Settings, resolves: Callable[..., list[str]], address: str
) -> None:
    settings.IS_LOCAL = False
    resolves([address])
    with pytest.raises(OutgoingError, match="internal"):
        call(f"https://{NAME}/jwks")


@pytest.mark.usefixtures("refuses_all_connections")
def test_c12_one_inner_address_among_public_ones_is_one_too_many(
    settings: Settings, resolves: Callable[..., list[str]]
) -> None:
    settings.IS_LOCAL = False
    resolves(["8.8.8.8", "10.0.0.1"])
    with pytest.raises(OutgoingError, match="internal"):
        call(f"https://{NAME}/jwks")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_c12_a_public_address_may_be_called(settings: Settings, address: str) -> None:
    settings.IS_LOCAL = False
    assert [str(checked) for checked in outgoing._checked([address], scheme="https")] == [address]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "ftp://keys.example/jwks",
        "http://keys.example/jwks",
        "//keys.example/jwks",
        "https:/keys.example",
        "https://",
        "https://127.0.0.1/jwks",
        "https://[::1]/jwks",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1%25eth0]/",
        "https://user:word@keys.example/",
        "https://keys.example\\@10.0.0.1/",
        "https://keys.example/#here",
        "https://keys.example/a b",
        "https://keys.example/\r\nX-Evil: 1",
        "https://kéys.example/",
        "https://keys.example:0/",
        "https://keys.example:99999/",
        "https://[keys.example]/",
        "https://keys.example/" + "a" * 3000,
    ],
)
@pytest.mark.usefixtures("refuses_all_connections")
def test_c12_addresses_refused_as_they_stand(settings: Settings, resolves: Callable[..., list[str]], url: str) -> None:
    settings.IS_LOCAL = False
    asked = resolves(["8.8.8.8"])
    assert url_problem(url)
    with pytest.raises(OutgoingError):
        call(url)
    assert asked == []


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "0177.0.0.1", "127.1"])
@pytest.mark.usefixtures("refuses_all_connections")
def test_c12_odd_spellings_of_loopback(settings: Settings, host: str) -> None:
    settings.IS_LOCAL = False
    with pytest.raises(OutgoingError):
        call(f"https://{host}/jwks")


def test_c12_a_name_is_resolved_once_and_what_was_checked_is_called(
    serve: Callable[..., int], certificate: ssl.SSLContext, resolves: Callable[..., list[str]]
) -> None:
    port = serve(certificate)
    asked = resolves(["127.0.0.1"], ["10.0.0.1"])
    answer = call(f"https://{NAME}:{port}/jwks?a=b")
    assert (answer.status, answer.body) == (200, b'{"keys": []}')
    assert answer.headers["content-type"] == "application/json"
    assert asked == [NAME]
    method, path, headers, _ = Partner.seen[0]
    assert (method, path, headers["Host"]) == ("GET", "/jwks?a=b", f"{NAME}:{port}")


def test_c12_the_certificate_has_to_be_for_the_name(
    serve: Callable[..., int], certificate: ssl.SSLContext, resolves: Callable[..., list[str]]
) -> None:
    port = serve(certificate)
    resolves(["127.0.0.1"])
    with pytest.raises(OutgoingError, match="certificate"):
        call(f"https://other.example.test:{port}/jwks")
    assert Partner.seen == []


def test_c12_the_certificate_has_to_be_trusted(
    serve: Callable[..., int],
    certificate: ssl.SSLContext,
    resolves: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    port = serve(certificate)
    resolves(["127.0.0.1"])
    with pytest.raises(OutgoingError, match="certificate"):
        call(f"https://{NAME}:{port}/jwks")


def test_c12_a_redirect_isnt_followed(serve: Callable[..., int]) -> None:
    answer = call(f"http://127.0.0.1:{serve()}/elsewhere")
    assert answer.status == 302
    assert len(Partner.seen) == 1


def test_c12_http_leads_to_this_machine_only(resolves: Callable[..., list[str]]) -> None:
    resolves(["8.8.8.8"])
    with pytest.raises(OutgoingError, match="https"):
        call(f"http://{NAME}/jwks")


@pytest.mark.usefixtures("refuses_all_connections")
def test_c12_a_local_installation_calls_loopback_and_nothing_else_inside(resolves: Callable[..., list[str]]) -> None:
    for address in set(INTERNAL) - {"127.0.0.1", "127.8.9.10", "::1"}:
        resolves([address])
        with pytest.raises(OutgoingError, match="internal"):
            call(f"https://{NAME}/jwks")


def test_c12_proxies_of_the_environment_dont_count(serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    assert call(f"http://127.0.0.1:{serve()}/jwks").status == 200


def test_c12_no_cookie_is_kept(serve: Callable[..., int]) -> None:
    url = f"http://127.0.0.1:{serve()}/jwks"
    for _ in range(2):
        assert call(url).status == 200
    assert all("Cookie" not in headers for _, _, headers, _ in Partner.seen)


def test_c12_an_answer_is_as_long_as_asked_for_at_most(serve: Callable[..., int]) -> None:
    with pytest.raises(OutgoingError, match="more than 64 KiB"):
        call(f"http://127.0.0.1:{serve()}/endless")


def test_c12_a_server_that_drips_is_cut_off(serve: Callable[..., int]) -> None:
    with pytest.raises(OutgoingError, match="too long"):
        call(f"http://127.0.0.1:{serve()}/dripping", seconds=0.3)


def test_c12_a_server_that_says_nothing_took_too_long(
    serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever gives up first, a single read or the whole call."""
    monkeypatch.setattr(outgoing, "CONNECT_SECONDS", 0.2)
    with pytest.raises(OutgoingError, match="too long"):
        call(f"http://127.0.0.1:{serve()}/silent", seconds=5)


def test_c12_a_name_server_that_is_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    silence = threading.Event()

    def wait(*args: Any, **kwargs: Any) -> list[Any]:
        silence.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    with pytest.raises(OutgoingError, match="in time"):
        call(f"https://{NAME}/jwks", seconds=0.1)
    silence.set()


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(OutgoingError, match="couldn’t be reached"):
            call(f"http://127.0.0.1:{taken.getsockname()[1]}/jwks")


def test_a_form_is_posted(serve: Callable[..., int]) -> None:
    assert call(f"http://127.0.0.1:{serve()}/logout", form={"logout_token": "a b&c"}).status == 200
    method, path, headers, body = Partner.seen[0]
    assert (method, path, body) == ("POST", "/logout", b"logout_token=a+b%26c")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
