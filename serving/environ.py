"""A request as WSGI applications read it (PEP 3333)."""

import sys
from io import BytesIO
from typing import Any

from serving.protocol import HttpScope

FIXED: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}
# What a header may not bring: the body is whole and has a length when it is handed on.
LEFT_OUT = {"content-length", "transfer-encoding", "expect"}
WRITTEN_BY_PROXIES = ("x-forwarded-for", "x-forwarded-proto", "forwarded")
UNPREFIXED: dict[str, Any] = {"content-type": "CONTENT_TYPE"}
_names: dict[str, str] = {}
MOST_NAMES = 500


def environ_of(scope: HttpScope) -> dict[str, Any]:
    """The WSGI environment of a request without a body, or whose body is still to be read.

    A header whose name has an underscore is left out: it would get the name of one with a hyphen, which a proxy may
    have set and whose value is believed.
    """
    environ = FIXED | {
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": _host(scope.client),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "CONTENT_LENGTH": "",
    }
    environ["SERVER_NAME"], environ["SERVER_PORT"] = _host(scope.server), scope.server.rpartition(":")[2]
    for name, value in scope.headers.items():
        key = _names.get(name) or _name(name)
        if key in environ and key != "CONTENT_LENGTH":
            # Browsers and HTTP/2 may send several cookie headers, which stand for one (RFC 9113 section 8.2.3).
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
        elif key:
            environ[key] = value
    environ.setdefault("HTTP_HOST", scope.authority or "")
    return environ


def put_body(body: bytes, environ: dict[str, Any]) -> None:
    """Give the environment the body that has been read, with its length."""
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body)) if body else ""


def hides_its_sender(scope: HttpScope) -> bool:
    """Whether what proxies have written can't be read: granian leaves out what isn't ASCII, as if it weren't there."""
    headers = scope.headers
    return any(name in headers and headers.get(name) is None for name in WRITTEN_BY_PROXIES)


def _name(header: str) -> str:
    """The header's name in the environment; empty if it has no place there."""
    if header in LEFT_OUT or "_" in header:
        return ""
    name = UNPREFIXED.get(header) or "HTTP_" + header.upper().replace("-", "_")
    if len(_names) < MOST_NAMES:
        _names[header] = name
    return name


def _host(address: str) -> str:
    """`203.0.113.7` of `203.0.113.7:4711`, `2001:db8::7` of `[2001:db8::7]:4711`."""
    return address.rpartition(":")[0].strip("[]")
