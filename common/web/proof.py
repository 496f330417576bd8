"""When whoever is signed in has last proved who they are."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

AUTH_TIME = "auth_time"
"""Where a session keeps it, in seconds since 1970."""


def proved_at(session: Mapping[str, Any]) -> datetime | None:
    """The moment of the last sign-in in this session; None where nobody has signed in."""
    return datetime.fromtimestamp(session[AUTH_TIME], UTC) if AUTH_TIME in session else None
