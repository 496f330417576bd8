"""Puts a request to the real web server as bytes: framed by chance as no library would frame it, and cut anywhere."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from random import Random
from urllib.parse import quote

from tests.fuzz.door import Answer, faults
from tests.fuzz.requests import Request
from tests.fuzz.world import World
from tests.serving.conftest import Served

Lines = list[str]
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# To Django these are the names with hyphens, which proxies write.
UNDERSCORED = (
    "X_Forwarded_For: 192.0.2.66",
    "X-Forwarded_Proto: https",
    "X_Forwarded_Host: evil.example",
    "Content_Length: 1",
    "Client_Cert: :AAAA:",
)
ODD_LINES = (
    "Content-Length : 4",
    " folded: onto the line before",
    "Expect: 100-continue",
    "Connection: X-Forwarded-For, Content-Length",
    "Upgrade: websocket",
    "Forwarded: for=é",
    "no colon",
)


@dataclass(frozen=True)
class Sent:
    """What goes over the wire; `is_proper` if it is a message of HTTP/1.1 that a server has to answer."""

    method: str
    content: bytes
    cuts: tuple[int, ...]
    is_proper: bool

    def pieces(self) -> Iterator[bytes]:
        ends = (*self.cuts, len(self.content))
        return (self.content[begin:end] for begin, end in zip((0, *self.cuts), ends, strict=True))


def framed(request: Request, world: World, *, seed: int, number: int) -> Sent:
    """The same for the same seed and number."""
    chance = Random(f"wire {seed}:{number}")  # noqa: S311 - it has to come out the same again
    lines, body, is_proper = chance.choice(FRAMES)(request.body, chance)
    proxied = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
    given = [f"{name}: {value}" for name, value in ({"Host": world.host} | request.headers).items()]
    if chance.random() < 0.3:
        given.append(chance.choice(UNDERSCORED))
    if chance.random() < 0.1:
        given.append(chance.choice(ODD_LINES))
        is_proper = False
    chance.shuffle(given)
    first, is_read = _first_line(request, world, chance)
    head = [first, *given, *lines, f"X-Forwarded-For: {proxied}", "Connection: close"]
    content = "\r\n".join([*head, "", ""]).encode("utf-8", "surrogatepass") + body
    cuts = sorted(chance.randrange(len(content)) for _ in range(chance.choice((0, 0, 1, 3))))
    return Sent(request.method, content, tuple(cuts), is_proper and is_read and "\0" not in "".join(given))


def _first_line(request: Request, world: World, chance: Random) -> tuple[str, bool]:
    """Mostly as a browser escapes it; and whether it can be read."""
    path = world.prefix + request.path
    is_escaped, version = chance.random() < 0.9, chance.choice(("1.1",) * 12 + ("1.0", "2.0"))
    target = quote(path, safe="/%:@", errors="surrogatepass") if is_escaped else path
    line = f"{request.method} {target}{'?' * bool(request.query)}{request.query} HTTP/{version}"
    return line, is_escaped and version == "1.1"


def send(sent: Sent, served: Served) -> tuple[Answer | None, bytes]:
    """The answer, unless the connection was closed without any, and what came behind it."""
    begun, came = time.monotonic(), bytearray()
    with served.connect() as client, suppress(ConnectionError):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in sent.pieces():
            client.sendall(piece)
            time.sleep(0.001 if sent.cuts else 0)
        if not sent.is_proper:
            with suppress(OSError):  # the server may have closed it already
                client.shutdown(socket.SHUT_WR)
        while piece := client.recv(65536):
            came += piece
    return _read(bytes(came), sent.method, time.monotonic() - begun)


class _Came(BytesIO):
    """What `HTTPResponse` takes for a socket. It is left open for what comes behind the answer."""

    def makefile(self, _: str) -> "_Came":
        return self

    def close(self) -> None:
        pass


def _read(came: bytes, method: str, seconds: float) -> tuple[Answer | None, bytes]:
    source = _Came(came.removeprefix(CONTINUE))
    response = HTTPResponse(source, method=method)  # type: ignore[arg-type]
    try:
        response.begin()
    except HTTPException:
        return None, source.getvalue()
    return Answer(response.status, response.getheaders(), response.read(), seconds), source.read()


def faults_of(request: Request, sent: Sent, served: Served, world: World) -> Iterator[str]:
    """Send it, and say what no request may bring about."""
    answer, behind = send(sent, served)
    if behind:
        yield f"was answered twice: {behind[:200]!r}"
    if answer is None:
        if sent.is_proper:
            yield "was not answered"
    elif answer.header("X-Request-ID"):
        yield from faults(request, answer, world)
    elif answer.body or not 400 <= answer.status < 500:
        # The web server's own are without a word.
        yield f"was answered {answer.status} by nobody: {answer.body[:200]!r}"


def _by_length(body: bytes, _: Random) -> tuple[Lines, bytes, bool]:
    return ([f"Content-Length: {len(body)}"] if body else []), body, True


def _chunked(body: bytes, chance: Random) -> tuple[Lines, bytes, bool]:
    """With extensions and a trailer, which nobody asked for (RFC 9112 section 7.1)."""
    size, extension = chance.choice((1, 7, 4096)), chance.choice((b"", b";eve=1", b' ; a="\xc3\xa9"'))
    parts = [body[begin : begin + size] for begin in range(0, min(len(body), 300 * size), size)]
    chunks = b"".join(b"%X%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
    trailer = chance.choice((b"", b"Content-Length: 3\r\n", b"X-Forwarded-For: 192.0.2.66\r\n"))
    return ["Transfer-Encoding: chunked"], chunks + b"0\r\n" + trailer + b"\r\n", True


def _badly_chunked(body: bytes, chance: Random) -> tuple[Lines, bytes, bool]:
    sizes = (b"", b"-1", b"0x4", b"G", b"F" * 20, b"%x" % (len(body) + 5), b"%x\r\n\r\n" % len(body))
    return ["Transfer-Encoding: chunked"], chance.choice(sizes) + b"\r\n" + body + b"\r\n0\r\n", False


def _by_wrong_length(body: bytes, chance: Random) -> tuple[Lines, bytes, bool]:
    size = len(body)
    lengths = (size + 1, size // 2, 2_000_000, -1, "", "+4", "0x4", f"{size}, {size}", "٣", "9" * 30, 2**63)
    return [f"Content-Length: {chance.choice(lengths)}"], body, False


def _by_two_lengths(body: bytes, chance: Random) -> tuple[Lines, bytes, bool]:
    """Which of them counts is what requests are smuggled by (RFC 9112 section 11.2)."""
    others = (f"Content-Length: {len(body) + 9}", "Transfer-Encoding: chunked", "Transfer-Encoding: xchunked")
    lines = [f"Content-Length: {len(body)}", chance.choice(others)]
    chance.shuffle(lines)
    return lines, body + chance.choice((b"", b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")), False


FRAMES: tuple[Callable[[bytes, Random], tuple[Lines, bytes, bool]], ...] = (
    _by_length,
    _by_length,
    _chunked,
    _chunked,
    _badly_chunked,
    _by_wrong_length,
    _by_two_lengths,
)
