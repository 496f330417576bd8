"""Rules about grants, redirect URIs, scopes, PKCE and the lifetime of secrets, as pure functions."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from urllib.parse import SplitResult, unquote, urlsplit

MAX_REDIRECT_URIS = 100
MAX_REDIRECT_URI_LENGTH = 256
MAX_SCOPES = 1000
MAX_SCOPE_LENGTH = 128
MAX_SECRET_LIFETIME = timedelta(days=731)
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
NATIVE, WEB, SPA, SERVICE = "native", "web", "spa", "service"

# RFC 6749 section 4, RFC 8628 section 3.4, RFC 8693 section 2.1.
AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS = "authorization_code", "refresh_token", "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a wire name
# The grants an application may have, by its kind. Of these it has all but the further ones unless somebody chooses.
POSSIBLE_GRANTS = {
    WEB: (AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS, DEVICE_CODE, TOKEN_EXCHANGE),
    SPA: (AUTHORIZATION_CODE, REFRESH_TOKEN),
    NATIVE: (AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE),
    SERVICE: (CLIENT_CREDENTIALS, TOKEN_EXCHANGE),
}
FURTHER_GRANTS = frozenset({DEVICE_CODE, TOKEN_EXCHANGE})
# By these somebody signs in, of whom a refresh token can go on to speak.
SIGN_IN_GRANTS = frozenset({AUTHORIZATION_CODE, DEVICE_CODE})

SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
# Characters RFC 3986 knows, without those of wildcards, of our house rule (! $ ' ( ) , ;) and of fragments.
ALLOWED_IN_URI = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@&+=%]+")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*|\[[0-9A-Fa-f:.]+\]")
# RFC 8252 section 7.1: a reversed domain name the app's makers own, so there is a dot in it.
PRIVATE_USE_SCHEME = re.compile(r"[a-z][a-z0-9+\-]*(\.[a-z0-9+\-]+)+")
PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?((?:/.*)?)")


def usual_grants(kind: str) -> tuple[str, ...]:
    """The grants an application of this kind has if nobody chooses."""
    return tuple(grant for grant in POSSIBLE_GRANTS[kind] if grant not in FURTHER_GRANTS)


def chosen_grants(asked: Collection[str], *, kind: str) -> tuple[str, ...]:
    """The grants asked for, each once, in the order in which they are told."""
    return tuple(grant for grant in POSSIBLE_GRANTS[kind] if grant in asked)


def grants_problem(asked: Collection[str], *, kind: str) -> str:
    """What is wrong with these grants for an application of this kind, as a sentence; empty if nothing is."""
    possible = POSSIBLE_GRANTS[kind]
    impossible = [grant for grant in asked if grant not in possible]
    if impossible:
        return f"An application of type {kind} can't use {impossible[0]}, only: {', '.join(possible)}."
    if not asked:
        return "Choose at least one."
    if REFRESH_TOKEN in asked and not SIGN_IN_GRANTS & set(asked):
        return f"Refresh tokens come of a sign-in: choose {AUTHORIZATION_CODE} as well, or leave {REFRESH_TOKEN} out."
    return ""


def redirect_uri_problem(uri: str, *, kind: str) -> str:
    """What is wrong with a redirect URI for an application of this kind, as a sentence; empty if nothing is.

    RFC 9700 section 2.1 (exact URIs over https), RFC 8252 section 7 (what native apps may use besides).
    """
    problem = _spelling_problem(uri)
    if problem:
        return problem
    scheme = uri.partition(":")[0]
    if scheme not in {"http", "https"}:
        return _private_use_problem(uri, scheme) if kind == NATIVE else "Begin the URI with https://."
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return "This isn't a URI."
    if scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        return "Use https. Only localhost, 127.0.0.1 and [::1] may be reached over http."
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


def origin_of(uri: str) -> str:
    """The origin a browser sees for a URI, such as `https://app.example`; for a private-use scheme, `scheme:`."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def scope_problem(scope: str) -> str:
    """What is wrong with the name of a scope (RFC 6749 section 3.3), as a sentence; empty if nothing is."""
    if not SCOPE.fullmatch(scope) or len(scope) > MAX_SCOPE_LENGTH:
        return f"“{scope}” isn't the name of a scope. Use up to {MAX_SCOPE_LENGTH} characters without spaces or quotes."
    return ""


def pkce_problem(*, requires_pkce: bool, kind: str) -> str:
    """What is wrong with the wish to do without PKCE, as a sentence; empty if nothing is (RFC 9700 section 2.1.1)."""
    return "" if requires_pkce or kind == WEB else "Only a web application can do without PKCE."


def secret_lifetime_problem(expires_at: datetime, *, now: datetime) -> str:
    """What is wrong with the moment a secret shall expire, as a sentence; empty if nothing is."""
    if expires_at <= now:
        return "Choose a date in the future."
    if expires_at > now + MAX_SECRET_LIFETIME:
        return "A client secret lasts 24 months at most."
    return ""


def _spelling_problem(uri: str) -> str:
    if not uri:
        return "Enter a URI."
    if len(uri) > MAX_REDIRECT_URI_LENGTH:
        return f"A redirect URI has {MAX_REDIRECT_URI_LENGTH} characters at most."
    if "*" in uri:
        return "Wildcards aren't allowed. Enter each URI in full."
    if "#" in uri:
        return "Leave out the fragment, the part from # on."
    if not ALLOWED_IN_URI.fullmatch(uri) or PERCENT.search(uri):
        return "Write the URI without spaces, backslashes, control characters, and any of ! $ ' ( ) , ;"
    return ""


def _private_use_problem(uri: str, scheme: str) -> str:
    if not PRIVATE_USE_SCHEME.fullmatch(scheme):
        return "Begin the URI with https://, or with a scheme made from a domain name, such as com.example.app:/."
    rest = uri.removeprefix(f"{scheme}:")
    if "@" in rest:
        return "Leave out the user name before @."
    if "[" in rest or "]" in rest:
        return "This isn't a URI: leave out [ and ]."
    return _path_problem(rest.partition("?")[0]) if rest.strip("/") else "Write a path after the scheme."


def _authority_problem(parts: SplitResult, port: int | None) -> str:
    if "@" in parts.netloc:
        return "Leave out the user name before @."
    host = parts.netloc[: -len(f":{port}")] if port is not None else parts.netloc
    if not HOST.fullmatch(host) or port == 0:
        return "The host isn't a domain name or an address."
    if parts.netloc != parts.netloc.lower():
        return "Write the host in lower case."
    return ""


def _path_problem(path: str) -> str:
    decoded = path
    # Twice: what a careless server decodes once more must not climb either.
    for _ in range(2):
        decoded = unquote(decoded)
    if "\\" in decoded or any(segment in {".", ".."} for segment in decoded.split("/")):
        return "Leave out . and .. segments and backslashes."
    return "" if decoded.isprintable() else "Leave out control characters."


def _loopback(uri: str) -> tuple[str, str] | None:
    match = LOOPBACK.fullmatch(uri)
    if match is None or int(match[2] or 1) not in range(1, 65536):
        return None
    return match[1], match[3]
