"""Codes that a journey begins with, however they are sent: asked for, counted, and long where short ones are guessed.

The step that sends them notes of each when it was asked for and whether it is a long one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.credentials.policies import CODE_DIGITS, LONG_CODE_DIGITS
from accounts.credentials.services.codes import LIFETIME, count_try
from accounts.errors import CodeRefused
from audit.reasons import Reason
from common.web.limits import Attempts
from hooks.calls.asking import HookDown
from userflows.journeys.account.admission import NotAdmitted
from userflows.journeys.account.hooks import TurnedAway
from userflows.journeys.attempts import limits
from userflows.journeys.attempts.limits import ShortCodesGuessed
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.events import record_failure, record_too_many
from userflows.journeys.jobs import GUESSING, send_protection_notice
from userflows.journeys.progress import note_mail_language, save_progress
from userflows.models import Journey

SECONDS_BEFORE_RESEND = 30


def note_asked(journey: Journey, visitor: Visitor, *, step: str) -> None:
    """Note that a code is asked for: a short one, unless such a one was refused here already or would be."""
    needs_long = journey.step_data.get(step, {}).get("needs_long", False)
    is_long = needs_long or limits.needs_long_code(visitor, journey.whose)
    journey.note(step, sent_at=timezone.now().isoformat(), is_long=is_long)
    note_mail_language(journey)


def send_another(
    journey: Journey,
    visitor: Visitor,
    *,
    count: Callable[[Visitor, str], object],
    ask: Callable[[Journey, Visitor], None],
) -> None:
    """Send a code: `count` counts the request, `ask` makes it. An earlier one is good until this one is made.

    Raises `TooManyAttempts`.
    """
    count(visitor, journey.whose)
    with transaction.atomic():
        ask(journey, visitor)
        save_progress(journey)


@contextmanager
def trying(journey: Journey, visitor: Visitor, *, step: str, asked: Attempts) -> Iterator[bool]:
    """Count a try, inside of which the code is judged. Yields whether it is the last one.

    Raises `CodeRefused` if there is none left, or `TooManyAttempts`. Only failures use a limit up: a code that was
    right takes back what asking for it was counted by, `asked`, as well.
    """
    is_long = code_length(journey, step=step) == LONG_CODE_DIGITS
    try:
        tried = limits.count_code(visitor, journey.whose, is_long=is_long)
    except ShortCodesGuessed as guessed:
        record_too_many(journey, step=step, refusal=guessed.refusal)
        journey.note(step, needs_long=True)
        save_progress(journey)
        raise CodeRefused(is_spent=True) from guessed
    try:
        yield count_try(journey.pk, asked_at=sent_at(journey, step=step))
    except CodeRefused as refused:
        _record_wrong(journey, refused, step=step)
        if tried.nth(limits.WRONG_CODES_A_DAY) == limits.MANY_TRIES:
            send_protection_notice.enqueue(str(journey.pk), GUESSING)
        raise
    except (HookDown, NotAdmitted, TurnedAway):
        # The code was right, and is used up.
        limits.forgive(tried, *asked)
        raise
    limits.forgive(tried, *asked)


def sent_at(journey: Journey, *, step: str) -> datetime | None:
    """When a code was asked for last."""
    kept = journey.step_data.get(step, {}).get("sent_at")
    return datetime.fromisoformat(kept) if kept else None


def code_length(journey: Journey, *, step: str) -> int:
    """How many digits the code has that was asked for last."""
    return LONG_CODE_DIGITS if journey.step_data.get(step, {}).get("is_long") else CODE_DIGITS


def seconds_left(sent: datetime | None) -> dict[str, int]:
    """For how many seconds the page holds the button for another code back, and how long the code still works."""
    since = (timezone.now() - sent).total_seconds() if sent else SECONDS_BEFORE_RESEND
    wait, expires_in = (max(0, int(limit - since)) for limit in (SECONDS_BEFORE_RESEND, LIFETIME.total_seconds()))
    return {"wait": wait, "expires_in": expires_in, "minutes": -(-expires_in // 60)}


def _record_wrong(journey: Journey, refused: CodeRefused, *, step: str) -> None:
    sent = sent_at(journey, step=step)
    age = {"age_seconds": round((timezone.now() - sent).total_seconds())} if sent else {}
    reason = Reason.CODE_EXPIRED if refused.is_spent else Reason.CODE_WRONG
    record_failure(journey, step=step, method=step, reason=reason, **age)
