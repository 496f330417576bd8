from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.credentials.policies import LONG_CODE_DIGITS
from accounts.credentials.services.codes import count_try, redeem_code, redeem_link
from accounts.errors import CodeRefused
from accounts.identity.services.accounts import verify_address
from accounts.models import Account
from audit.reasons import Reason
from userflows.journeys import limits
from userflows.journeys.browser import Visitor
from userflows.journeys.events import record_failure, record_too_many
from userflows.journeys.jobs import GUESSING, send_protection_notice
from userflows.journeys.limits import ShortCodesGuessed
from userflows.journeys.linking import IS_FIRST_PROOF
from userflows.journeys.progress import account_at, note_mail_language, save_progress
from userflows.models import Journey
from userflows.state import CODE, LINK, SIGN_IN, SIGN_UP
from userflows.steps.code.jobs import send_code
from userflows.steps.code.proof import code_length, proof_of

AMR = "otp"


def begin(journey: Journey, visitor: Visitor) -> None:
    """Have the first code for this address sent, with the rest of the change at hand. Raises `TooManyAttempts`."""
    limits.count_code_asked(visitor, journey.email)
    _ask_for_code(journey, visitor)


def send_another(journey: Journey, *, visitor: Visitor) -> None:
    """Have a code sent. An earlier one is good until this one is made. Raises `TooManyAttempts`."""
    limits.count_code_asked(visitor, journey.email)
    with transaction.atomic():
        _ask_for_code(journey, visitor)
        save_progress(journey)


@contextmanager
def trying(journey: Journey, visitor: Visitor) -> Iterator[bool]:
    """Count a try, inside of which the code is judged. Yields whether it is the last one.

    Raises `CodeRefused` if there is none left, or `TooManyAttempts`. Only failures use a limit up.
    """
    try:
        tried = limits.count_code(visitor, journey.email, is_long=code_length(journey) == LONG_CODE_DIGITS)
    except ShortCodesGuessed as guessed:
        record_too_many(journey, step=CODE, refusal=guessed.refusal)
        journey.note(CODE, needs_long=True)
        save_progress(journey)
        raise CodeRefused(is_spent=True) from guessed
    try:
        yield count_try(journey.pk, asked_at=sent_at(journey))
    except CodeRefused as refused:
        _record_wrong(journey, refused)
        if tried.nth(limits.WRONG_CODES_A_DAY) == limits.MANY_TRIES:
            send_protection_notice.enqueue(str(journey.pk), GUESSING)
        raise
    limits.forgive(tried, *limits.codes_asked(visitor, journey.email))


def prove_by_code(journey: Journey, *, code: str, is_last_try: bool) -> None:
    """Redeem the code, and keep what it proves: both or neither. Call it within the change that goes on with it.

    Whoever turns out to have no account goes on to make one; whoever has one is signed in, whatever they began with.
    Raises `CodeRefused`.
    """
    account = account_at(journey)
    proves, length = proof_of(journey, account=account), code_length(journey)
    redeem_code(journey.pk, proves=proves, typed=code, length=length, is_last_try=is_last_try)
    _prove(journey, CODE, account)


def prove_by_link(journey: Journey, *, token: str) -> None:
    """The same by the link that was mailed, whatever was tried at the code. Raises `CodeRefused`."""
    account = account_at(journey)
    proves, length = proof_of(journey, account=account), code_length(journey)
    redeem_link(journey.pk, proves=proves, token=token, length=length)
    _prove(journey, LINK, account)


def _prove(journey: Journey, method: str, account: Account | None) -> None:
    if account is None:
        journey.purpose = SIGN_UP
        journey.prove(method, amr=AMR)
        return
    if journey.purpose == SIGN_UP:
        journey.purpose = SIGN_IN
        journey.note(CODE, lets_owner_in=True)
    if not account.email_verified:
        verify_address(account)
        journey.note(CODE, **{IS_FIRST_PROOF: True})
    journey.prove(method, amr=AMR, account=account)


def sent_at(journey: Journey) -> datetime | None:
    """When a code was asked for last."""
    kept = journey.step_data.get(CODE, {}).get("sent_at")
    return datetime.fromisoformat(kept) if kept else None


def _record_wrong(journey: Journey, refused: CodeRefused) -> None:
    sent = sent_at(journey)
    age = {"age_seconds": round((timezone.now() - sent).total_seconds())} if sent else {}
    reason = Reason.CODE_EXPIRED if refused.is_spent else Reason.CODE_WRONG
    record_failure(journey, step=CODE, method=CODE, reason=reason, **age)


def _ask_for_code(journey: Journey, visitor: Visitor) -> None:
    """Short, unless such a one was refused here already or would be."""
    is_long = journey.step_data.get(CODE, {}).get("needs_long", False) or limits.needs_long_code(visitor, journey.email)
    journey.note(CODE, sent_at=timezone.now().isoformat(), is_long=is_long)
    note_mail_language(journey)
    send_code.enqueue(str(journey.pk))
