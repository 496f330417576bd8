"""Rules about redirect URIs, and about every other address that browsers are sent to."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit

from applications.policies.kinds import NATIVE
from common.text.translation import gettext as _

MAX_REDIRECT_URIS = 100
MAX_REDIRECT_URI_LENGTH = 256
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
# Characters RFC 3986 knows, without those of wildcards, of our house rule (! $ ' ( ) , ;) and of fragments.
ALLOWED_IN_URI = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@&+=%]+")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*|\[[0-9A-Fa-f:.]+\]")
# RFC 8252 section 7.1: a reversed domain name the app's makers own, so there is a dot in it.
PRIVATE_USE_SCHEME = re.compile(r"[a-z][a-z0-9+\-]*(\.[a-z0-9+\-]+)+")
PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?((?:/.*)?)")


def redirect_uri_problem(uri: str, *, kind: str) -> str:
    """What is wrong with a redirect URI for an application of this kind, as a sentence; empty if nothing is.

    RFC 9700 section 2.1 (exact URIs over https), RFC 8252 section 7 (what native apps may use besides).
    """
    scheme = uri.partition(":")[0]
    is_web = scheme in {"http", "https"}
    problem = (_scheme_problem(scheme, kind=kind) if uri and not is_web else "") or _spelling_problem(uri)
    if problem:
        return problem
    if not is_web:
        return _private_use_problem(uri, scheme)
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return _("This isn’t a URI.")
    if scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        return _("Use https. Only localhost, 127.0.0.1 and [::1] may be reached over http.")
    return _authority_problem(parts, port) or _path_problem(parts.path)


def post_logout_redirect_uri_problem(uri: str, *, kind: str) -> str:
    """As `redirect_uri_problem`, for the address to which a customer returns after signing out."""
    return redirect_uri_problem(uri, kind=kind)


def host_of(uri: str) -> str:
    """Where a redirect URI leads, in short: its host and port, or the scheme of an app."""
    parts = urlsplit(uri)
    return parts.netloc or parts.scheme


def matches_redirect_uri(presented: str, registered: Iterable[str], *, kind: str) -> bool:
    """Whether the presented URI is one of the registered ones, character by character.

    A native app listens on whatever port is free, so on loopback any port matches (RFC 8252 section 7.3).
    """
    registered = tuple(registered)
    if presented in registered:
        return True
    return kind == NATIVE and _loopback(presented) in {_loopback(uri) for uri in registered} - {None}


def belongs_to_one_app(uri: str) -> bool:
    """Whether nobody but the application gets what is sent to this redirect URI: https goes by the owner of a domain.

    On a customer's device any app may listen on loopback or claim a private-use scheme (RFC 8252 sections 7.1 and 8.6).
    """
    return uri.startswith("https://")


def origin_of(uri: str) -> str:
    """The origin a browser sees for a URI, such as `https://app.example`; for a private-use scheme, `scheme:`."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def _spelling_problem(uri: str) -> str:
    if not uri:
        return _("Enter a URI.")
    if len(uri) > MAX_REDIRECT_URI_LENGTH:
        return _("A redirect URI has %(longest)d characters at most.") % {"longest": MAX_REDIRECT_URI_LENGTH}
    if "*" in uri:
        return _("Wildcards aren’t allowed. Enter each URI in full.")
    if "#" in uri:
        return _("Leave out the fragment, the part from # on.")
    if not ALLOWED_IN_URI.fullmatch(uri) or PERCENT.search(uri):
        return _("Write the URI without spaces, backslashes, control characters, and any of ! $ ' ( ) , ;")
    return ""


def _scheme_problem(scheme: str, *, kind: str) -> str:
    if kind != NATIVE:
        return _("Begin the URI with https://.")
    if not PRIVATE_USE_SCHEME.fullmatch(scheme):
        return _("Begin the URI with https://, or with a scheme made from a domain name, such as com.example.app:/.")
    return ""


def _private_use_problem(uri: str, scheme: str) -> str:
    rest = uri.removeprefix(f"{scheme}:")
    if "@" in rest:
        return _("Leave out the user name before @.")
    if "[" in rest or "]" in rest:
        return _("This isn’t a URI: leave out [ and ].")
    return _path_problem(rest.partition("?")[0]) if rest.strip("/") else _("Write a path after the scheme.")


def _authority_problem(parts: SplitResult, port: int | None) -> str:
    if "@" in parts.netloc:
        return _("Leave out the user name before @.")
    host = parts.netloc[: -len(f":{port}")] if port is not None else parts.netloc
    if not HOST.fullmatch(host) or port == 0:
        return _("The host isn’t a domain name or an address.")
    if parts.netloc != parts.netloc.lower():
        return _("Write the host in lower case.")
    return ""


def _path_problem(path: str) -> str:
    decoded = path
    # Twice: what a careless server decodes once more must not climb either.
    for _twice in range(2):
        decoded = unquote(decoded)
    if "\\" in decoded or any(segment in {".", ".."} for segment in decoded.split("/")):
        return _("Leave out . and .. segments and backslashes.")
    return "" if decoded.isprintable() else _("Leave out control characters.")


def _loopback(uri: str) -> tuple[str, str] | None:
    match = LOOPBACK.fullmatch(uri)
    if match is None or int(match[2] or 1) not in range(1, 65536):
        return None
    return match[1], match[3]
