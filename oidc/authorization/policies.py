"""Whether somebody who is signed in is signed in as an application asks."""

from datetime import datetime

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
