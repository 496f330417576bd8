"""What a request says, as WSGI wants it (PEP 3333)."""

import io
import sys
from typing import Any

from serving.rsgi import Scope

_ALWAYS: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_names: dict[str, str] = {}
_MOST_NAMES = 500


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The environ of a request whose body has been read whole.

    A header with an underscore in its name is left out: it would have the same name as the one with a hyphen, which a
    proxy has written and the client has not (`X_Forwarded_For`). Values of one that comes twice are joined (RFC 9110
    section 5.3), those of cookies by a semicolon.
    """
    environ = dict(_ALWAYS)
    environ["REQUEST_METHOD"] = scope.method
    environ["PATH_INFO"] = scope.path.encode().decode("latin-1")
    environ["QUERY_STRING"] = scope.query_string
    environ["SERVER_PROTOCOL"] = f"HTTP/{scope.http_version}"
    environ["SERVER_NAME"], _, environ["SERVER_PORT"] = scope.server.rpartition(":")
    environ["REMOTE_ADDR"] = scope.client.rpartition(":")[0].strip("[]")
    environ["wsgi.url_scheme"] = scope.scheme
    environ["wsgi.input"] = io.BytesIO(body)
    for header, value in scope.headers.items():
        if "_" in header:
            continue
        name = _name_of(header)
        before = environ.get(name)
        environ[name] = value if before is None else f"{before}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
    if scope.authority and "HTTP_HOST" not in environ:
        # HTTP/2 has it in a place of its own.
        environ["HTTP_HOST"] = scope.authority
    # Whatever was announced: this much came.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    if body or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _name_of(header: str) -> str:
    """As WSGI calls the header. Names that clients made up are no reason to keep ever more of them."""
    name = _names.get(header)
    if name is None:
        name = _WITHOUT_PREFIX.get(header) or "HTTP_" + header.upper().replace("-", "_")
        if len(_names) < _MOST_NAMES:
            _names[header] = name
    return name
