"""Puts a request to the product as a web server does, and says what is wrong with the answer."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from ciam_portal.wsgi import application
from tests.fuzz.requests import MARK, Request
from tests.fuzz.world import World

SLOWEST = 5.0
FOR_MACHINES = ("/oidc/token", "/oidc/par", "/oidc/introspect", "/oidc/revoke", "/oidc/userinfo")


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """The first header of this name; "" without one."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def put(request: Request, world: World) -> Answer:
    """Ask the whole stack, from another address each time: otherwise limits would answer and nothing else."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
        started.extend((status, headers))
        return lambda _: None

    begun = time.monotonic()
    parts = application(_environ(request, world), start_response)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    status, headers = started
    return Answer(int(status.split()[0]), headers, body, time.monotonic() - begun)


def faults(request: Request, answer: Answer, world: World) -> Iterator[str]:
    """Everything that no request may bring about."""
    if answer.status >= 500:
        yield f"answered {answer.status}"
    if answer.seconds > SLOWEST:
        yield f"took {answer.seconds:.1f} s"
    if b"Traceback (most recent" in answer.body:
        yield "shows its insides"
    if MARK.encode() in answer.body and "html" in answer.header("Content-Type"):
        yield "repeats markup unescaped"
    if any("\n" in value or "\r" in value for _, value in answer.headers):
        yield "has a line break in a header"
    if any(name.lower() == "x-eve" for name, _ in answer.headers):
        yield "has a header of Eve's"
    location = urlsplit(answer.header("Location"))
    if location.netloc and f"{location.scheme}://{location.hostname}" not in world.may_redirect_to:
        yield f"redirects to {answer.header('Location')}"
    is_call = request.path in FOR_MACHINES and request.method == "POST" and "Host" not in request.headers
    if answer.status >= 400 and is_call:
        yield from _unlike_an_error(answer)


def _unlike_an_error(answer: Answer) -> Iterator[str]:
    """A client can read every refusal (RFC 6749 section 5.2, RFC 6750 section 3)."""
    if answer.header("WWW-Authenticate") and not answer.body:
        return
    try:
        said = json.loads(answer.body)
    except ValueError:
        yield "isn't JSON"
        return
    if not isinstance(said, dict) or not isinstance(said.get("error"), str):
        yield "names no error"


def _environ(request: Request, world: World) -> dict[str, Any]:
    chance = Random(request.query + request.body[:40].hex())  # noqa: S311 - any address will do
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": (world.prefix + request.path).encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": request.query,
        "REMOTE_ADDR": f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}",
        "HTTP_HOST": world.host,
        "SERVER_PORT": world.host.partition(":")[2] or "80",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": BytesIO(),
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        on_the_wire = value.encode("utf-8", "surrogatepass").decode("latin-1")
        # A web server lets no line break or NUL through.
        clean = on_the_wire.translate({0: " ", 10: " ", 13: " "})
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = clean
    setup_testing_defaults(environ)
    return environ
