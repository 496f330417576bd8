"""Rules of the protocol as pure functions, and the lifetimes they speak of."""

import base64
import hashlib
import re
from collections.abc import Collection, Container, Iterable

# OpenID Connect Core sections 5.4 and 11. Any application with a user flow may ask for them.
STANDARD_SCOPES = ("openid", "profile", "email", "address", "offline_access")
OFFLINE_ACCESS = "offline_access"

# "Which page" isn't asked: the same one fits each (OpenID Connect Core section 3.1.2.1).
DISPLAYS = ("page", "popup", "touch", "wap")
PROMPTS = frozenset({"none", "login", "select_account", "create", "consent"})
QUERY, FORM_POST = "query", "form_post"
RESPONSE_MODES = (QUERY, FORM_POST)
# How a sign-in was made (acr): "1" is one factor, a password or a one-time code.
ONE_FACTOR = "1"
# By which steps of a user flow a customer reaches it.
METHODS_BY_ACR = {ONE_FACTOR: ("password", "code")}
ACR_VALUES = tuple(METHODS_BY_ACR)


S256_CHALLENGE = re.compile(r"[A-Za-z0-9_\-]{43}")
CODE_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def grantable_scopes(asked: Iterable[str], *, registered: Iterable[str], signs_in: bool) -> tuple[str, ...]:
    """Of the scopes asked for, those an application may have, each once, in the order asked.

    Unknown ones are left out rather than refused (OpenID Connect Core section 3.1.2.1); the answer names those granted.
    """
    allowed = {*registered, *(STANDARD_SCOPES if signs_in else ())}
    return tuple(dict.fromkeys(scope for scope in asked if scope in allowed))


def usable_scopes(scopes: Iterable[str], *, grant_types: Container[str]) -> tuple[str, ...]:
    """Those that mean something to an application with these grants: `offline_access` goes with refresh tokens."""
    may_refresh = "refresh_token" in grant_types
    return tuple(scope for scope in scopes if may_refresh or scope != OFFLINE_ACCESS)


def acr_of(amr: Collection[str]) -> str:
    """The acr of a sign-in made in these ways (RFC 8176 values); "" if nothing is known about it."""
    return ONE_FACTOR if amr else ""


def methods_for(acr_values: Collection[str] | None) -> list[str]:
    """By which steps a customer can sign in so that one of these acr is reached; none means any, as does None."""
    return [method for acr, methods in METHODS_BY_ACR.items() if acr in (acr_values or ()) for method in methods]
