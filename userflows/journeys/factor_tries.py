"""Trying a code as a second factor: counted for the account before it is judged, whatever journey it comes on."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.credentials.hashers import Busy
from accounts.errors import CodeRefused
from audit.reasons import Reason
from userflows.journeys import limits
from userflows.journeys.browser import Visitor
from userflows.journeys.events import record_failure
from userflows.journeys.progress import JourneyMovedOn
from userflows.models import Journey


@contextmanager
def trying_factor(journey: Journey, visitor: Visitor, *, step: str) -> Iterator[None]:
    """Count a try of this step, inside of which the code is judged. Only failures use the limit up.

    Raises `TooManyAttempts`, and what is raised inside.
    """
    attempts = limits.count_factor(visitor, journey.email)
    try:
        yield
    except (Busy, JourneyMovedOn):
        # Nobody has looked at it, so it was no try.
        limits.forgive(attempts)
        raise
    except CodeRefused as refused:
        reason = Reason.SECOND_FACTOR_USED if refused.is_spent else Reason.SECOND_FACTOR_WRONG
        record_failure(journey, step=step, method=step, reason=reason)
        raise
    limits.forgive(attempts)
