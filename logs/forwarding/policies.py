"""When a delivery that failed is tried again, and when nobody tries any more, as pure functions."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=3)
HELD_BACK_FOR = timedelta(days=7)
"""So much longer than its time an event is kept for a destination that hasn't got it; then it goes all the same."""


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time."""
    return LONGEST_WAIT if failures > 10 else min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT)


def is_given_up(failing_since: datetime, now: datetime) -> bool:
    """Whether a destination has been failing for so long that an administrator has to look at it."""
    return now - failing_since >= GIVEN_UP_AFTER
