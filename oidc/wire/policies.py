"""Rules of the protocol as pure functions, and the lifetimes they speak of."""

import base64
import hashlib
import re
from collections.abc import Collection, Container, Iterable, Sequence

from userflows.methods import sign_in_methods
from userflows.sessions.signed_in import MFA

# OpenID Connect Core sections 5.4 and 11. Any application with a user flow may ask for them.
STANDARD_SCOPES = ("openid", "profile", "email", "address", "offline_access")
OFFLINE_ACCESS = "offline_access"

# "Which page" isn't asked: the same one fits each (OpenID Connect Core section 3.1.2.1).
DISPLAYS = ("page", "popup", "touch", "wap")
PROMPTS = frozenset({"none", "login", "select_account", "create", "consent"})
QUERY, FORM_POST = "query", "form_post"
# JARM section 2.3. Without a way, `jwt` means that which is usual for a code.
JWT, QUERY_JWT, FRAGMENT_JWT, FORM_POST_JWT = "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"
SIGNED_MODES = (JWT, QUERY_JWT, FRAGMENT_JWT, FORM_POST_JWT)
RESPONSE_MODES = (QUERY, FORM_POST, *SIGNED_MODES)
# The acr of a sign-in of which no more is known than that something was proved.
ONE_FACTOR = "1"
# That of one in which two factors were shown, of which none is a mailbox.
TWO_FACTORS = "2"

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
    reached = [method.acr for method in sign_in_methods().values() if method.amr in amr]
    if MFA in amr:
        reached.append(TWO_FACTORS)
    return max(reached, default=ONE_FACTOR) if amr else ""


def amr_to_tell(amr: Sequence[str], wanted: Collection[str] | None) -> list[str]:
    """What is told to whom an acr is essential: of a stronger sign-in than asked for, no more than what was asked.

    An essential acr has one of the values asked for, or the answer is wrong (OpenID Connect Core section 5.5.1.1).
    """
    less = [method for method in amr if method != MFA]
    is_too_strong = wanted is not None and acr_of(amr) not in wanted and acr_of(less) in wanted
    return less if is_too_strong else list(amr)


def acr_values() -> tuple[str, ...]:
    """Every acr that some way to sign in reaches, by itself or with a second factor."""
    return tuple(sorted({method.acr for method in sign_in_methods().values()} | {TWO_FACTORS}))


def asks_for_two(wanted: Collection[str] | None, methods: Collection[str]) -> bool:
    """Whether one of these acr takes a second factor, since none of these methods reaches one by itself."""
    if not wanted or TWO_FACTORS not in wanted:
        return False
    return not any(method.acr in wanted for name, method in sign_in_methods().items() if name in methods)


def methods_for(wanted: Collection[str] | None) -> list[str]:
    """By which steps a customer can sign in so that one of these acr is reached; none means any, as does None."""
    return [name for name, method in sign_in_methods().items() if method.acr in (wanted or ())]
