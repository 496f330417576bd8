"""When a signing key may begin to sign, takes over, and goes."""

from datetime import datetime, timedelta

from oidc.lifetimes import PUBLISHED_AFTER_SIGNING, PUBLISHED_BEFORE_SIGNING

MIN_ROTATION_DAYS, MAX_ROTATION_DAYS = 7, 730


def may_sign_from(published_since: datetime) -> datetime:
    """When a key that has been in the key set since then may begin to sign."""
    return published_since + PUBLISHED_BEFORE_SIGNING


def goes_at(retiring_since: datetime) -> datetime:
    """When nothing is good any more that was signed by a key which has signed nothing since then."""
    return retiring_since + PUBLISHED_AFTER_SIGNING


def rotates_at(signs_since: datetime, *, every_days: int | None) -> datetime | None:
    """When the schedule has another key take over; None if there is no schedule."""
    return None if every_days is None else signs_since + timedelta(days=every_days)
