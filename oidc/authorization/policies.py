"""Whether somebody who is signed in is signed in as an application asks, and what a client may sign as its request."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oidc.clients.policies import CLOCK_SKEW, is_moment
from oidc.lifetimes import REQUEST_OBJECT_LIFETIME

PUSHED_REQUEST_PREFIX = "urn:ietf:params:oauth:request_uri:"


def is_recent_enough(auth_time: datetime, *, max_age: int | None, now: datetime) -> bool:
    """Whether a sign-in is no older than `max_age` seconds; no `max_age`, no limit."""
    # Whole seconds, as the relying party will see them in auth_time.
    return max_age is None or int(now.timestamp()) - int(auth_time.timestamp()) <= max_age


def is_among(value: str, allowed: frozenset[str] | None) -> bool:
    """Whether a value is one of those allowed; None allows any."""
    return allowed is None or value in allowed


def asks_anew(*, prompts: frozenset[str], max_age: int | None, auth_time: datetime, now: datetime) -> bool:
    """Whether somebody who is signed in has to sign in again (OpenID Connect Core section 3.1.2.3)."""
    return bool(prompts & {"login", "create"}) or not is_recent_enough(auth_time, max_age=max_age, now=now)


def request_object_problem(
    claims: Mapping[str, Any], *, client_id: str, issuer: str, is_strict: bool, now: datetime
) -> str:
    """What is wrong with a request object, as a sentence for developers; empty if nothing is.

    RFC 9101 sections 4, 5 and 10.8. `is_strict`: FAPI 2.0 Message Signing section 5.3.1, by which it says for whom it
    is, from when on and until when, within an hour.
    """
    if claims.get("iss", client_id) != client_id or claims.get("client_id", client_id) != client_id:
        return "In a request object iss and client_id are the client_id."
    if claims.get("sub") == client_id:
        return "An assertion is no request object: leave the sub out."
    audience = claims.get("aud", None if is_strict else issuer)
    if issuer not in (audience if isinstance(audience, list) else [audience]):
        return "The audience (aud) of a request object is the issuer."
    if is_strict and not {"exp", "nbf"} <= claims.keys():
        return "A request object has an exp and an nbf."
    if not all(is_moment(claims[name]) for name in ("exp", "iat", "nbf") if name in claims):
        return "In a request object exp, iat and nbf are numbers of seconds."
    return _time_problem(claims, is_strict=is_strict, moment=now.timestamp())


def _time_problem(claims: Mapping[str, Any], *, is_strict: bool, moment: float) -> str:
    skew, longest = CLOCK_SKEW.total_seconds(), REQUEST_OBJECT_LIFETIME.total_seconds()
    if claims.get("exp", moment) <= moment - skew:
        return "The request object has expired."
    if max(claims.get("iat", 0), claims.get("nbf", 0)) > moment + skew:
        return "The request object is from the future; compare the clocks."
    if is_strict and (claims["nbf"] < moment - longest - skew or claims["exp"] > claims["nbf"] + longest + skew):
        return "A request object is good for 60 minutes at most, and its nbf is no longer past."
    return ""
