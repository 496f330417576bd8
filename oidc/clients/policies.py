"""What a client may assert about itself."""

from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from typing import Any

from oidc.lifetimes import ASSERTION_LIFETIME

# By how much a client's clock may differ (FAPI 2.0 Security Profile section 5.3.2.1: 10 seconds at least, 60 at most).
CLOCK_SKEW = timedelta(seconds=30)
MAX_JTI_LENGTH = 255
# In seconds since 1970; beyond any date, and what isn't a number is not below it either.
FAR_FUTURE = 10**11


def assertion_problem(
    claims: Mapping[str, Any], *, client_id: str, audiences: Container[str], takes_list: bool, now: datetime
) -> str:
    """What is wrong with what a client asserts, as a sentence for developers; empty if nothing is.

    RFC 7523 section 3 and OpenID Connect Core section 9: `iss` and `sub` are the client, `aud` nobody else than we,
    `exp` and `jti` are there. `takes_list`: whether `aud` may be a list (FAPI 2.0 section 5.3.2.1-8: only a string).
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "In an assertion iss and sub are the client_id."
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) and takes_list else [audience]
    if not named or not all(isinstance(name, str) and name in audiences for name in named):
        return "The audience of an assertion is the issuer."
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI_LENGTH or not jti.isprintable():
        return f"An assertion has a jti of 1 to {MAX_JTI_LENGTH} printable characters."
    moment, skew = now.timestamp(), CLOCK_SKEW.total_seconds()
    if "exp" not in claims or not all(is_moment(claims[name]) for name in ("exp", "iat", "nbf") if name in claims):
        return "An assertion has an exp; exp, iat and nbf are numbers of seconds."
    if not moment - skew < claims["exp"] <= moment + ASSERTION_LIFETIME.total_seconds() + skew:
        return "The assertion has expired, or is good for longer than an hour."
    if max(claims.get("iat", 0), claims.get("nbf", 0)) > moment + skew:
        return "The assertion is from the future; compare the clocks."
    return ""


def is_moment(value: object) -> bool:
    """Whether this can be a moment in a JWT: seconds since 1970 (RFC 7519 section 2, NumericDate)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < FAR_FUTURE
