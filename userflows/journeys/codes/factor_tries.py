"""Trying a code as a second factor: counted for the account before it is judged, whatever journey it comes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from accounts.credentials.hashers import Busy
from accounts.credentials.services.codes import count_try
from accounts.errors import CodeRefused
from audit.reasons import Reason
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.codes.code_tries import sent_at
from userflows.journeys.events import record_failure
from userflows.journeys.jobs import GUESSING_FACTOR, send_protection_notice
from userflows.journeys.progress import JourneyMovedOn
from userflows.models import Journey
from userflows.second_factors.channels import MAILBOX, channels_of


@contextmanager
def trying_factor(journey: Journey, visitor: Visitor, *, step: str) -> Iterator[None]:
    """Count a try of this step, inside of which the code is judged. Only failures use the limit up, and whoever has
    shown on this journey to read the account's mail has one that no stranger uses up.

    Raises `TooManyAttempts`, and what is raised inside.
    """
    if MAILBOX in channels_of([proof.method for proof in journey.state.counting]):
        visitor = replace(visitor, reads_mail_of=journey.whose)
    tried = limits.count_factor(visitor, journey.whose)
    try:
        yield
    except (Busy, JourneyMovedOn):
        # Nobody has looked at it, so it was no try.
        limits.forgive(tried)
        raise
    except CodeRefused as refused:
        reason = Reason.SECOND_FACTOR_USED if refused.is_spent else Reason.SECOND_FACTOR_WRONG
        record_failure(journey, step=step, method=step, reason=reason)
        if tried.nth(limits.WRONG_FACTORS_A_DAY) == limits.MANY_FACTORS:
            send_protection_notice.enqueue(str(journey.pk), GUESSING_FACTOR)
        raise
    limits.forgive(tried)


@contextmanager
def trying_sent_factor(journey: Journey, visitor: Visitor, *, step: str) -> Iterator[bool]:
    """The same for a code that was sent, of which there are so many tries: yields whether it is the last one.

    Raises `CodeRefused` if there is none left.
    """
    with trying_factor(journey, visitor, step=step):
        yield count_try(journey.pk, asked_at=sent_at(journey, step=step))
