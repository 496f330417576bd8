"""What changes a journey's row. A step changes it in memory first; it is written once, with what follows from it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Account, OneTimeCode
from common.database.rows import ask
from common.text.spoken import spoken_language
from userflows.journeys.attempts.crowds import of_journeys
from userflows.models import Journey

MOST_TYPED = 16_000
SAVE = """
    UPDATE userflows_journey SET
        purpose = %(purpose)s, email = %(email)s, account_id = %(account_id)s, proofs = %(proofs)s,
        step_data = %(step_data)s, stays = %(stays)s, mail_language = %(mail_language)s, typed = %(typed)s,
        times = %(times)s, finished_at = %(finished_at)s,
        expires_at = coalesce(%(expires_at)s::timestamptz, expires_at)
    WHERE id = %(id)s AND email = %(email_read)s AND purpose = %(purpose_read)s
        AND finished_at IS NULL AND expires_at > statement_timestamp()
"""


class JourneyMovedOn(Exception):
    """The journey has ended meanwhile, or goes another way: in another tab, or by a second press."""


def save_progress(journey: Journey, *, finished_at: datetime | None = None, expires_at: datetime | None = None) -> None:
    """Write what a step has changed, and when the journey ends if that changes as well.

    Raises `JourneyMovedOn` if the row is about another address or way by now.
    """
    email_read, purpose_read = journey.as_read
    values: dict[str, Any] = {
        "id": journey.pk,
        "email_read": email_read,
        "purpose_read": purpose_read,
        "purpose": journey.purpose,
        "email": journey.email,
        "account_id": journey.account_id,
        "proofs": json.dumps(journey.proofs),
        "step_data": json.dumps(journey.step_data),
        "stays": journey.stays,
        "mail_language": journey.mail_language,
        "typed": json.dumps(journey.typed),
        "times": json.dumps(journey.times),
        "finished_at": finished_at,
        "expires_at": expires_at,
    }
    if not ask(SAVE, values).number:
        raise JourneyMovedOn
    journey.as_read = (journey.email, journey.purpose)
    transaction.on_commit(partial(of_journeys.kept, len(values["step_data"])))


def hold_journey(journey: Journey) -> None:
    """Keep a second press waiting until this transaction ends. Raises `JourneyMovedOn` if this is the second."""
    email, purpose = journey.as_read
    rows = Journey.objects.open().filter(pk=journey.pk, email=email, purpose=purpose)
    if not rows.select_for_update().exists():
        raise JourneyMovedOn


def outlive_sessions(journey: Journey) -> None:
    """Let this journey go on that has just signed its account out everywhere, by which every other one has ended.

    Call it within the change that did so, while the journey is held or before it is written.
    """
    Journey.objects.filter(pk=journey.pk).update(expires_at=journey.expires_at)


def speak_language(journey: Journey, *, language: str) -> None:
    """Go on in another language."""
    journey.language = language
    journey.save(update_fields=["language"])


def note_mail_language(journey: Journey) -> None:
    """Let mails speak what the page speaks that asked for them."""
    journey.mail_language = spoken_language()


def keep_typed(journey: Journey, *, typed: Mapping[str, Any]) -> None:
    """Keep what was typed on a page until it is shown in another language, unless nobody would type that much."""
    if can_be_kept(typed):
        # One that is over may be swept at any time.
        Journey.objects.filter(pk=journey.pk).update(typed=typed)
        journey.typed = typed


def can_be_kept(typed: Mapping[str, Any]) -> bool:
    """Whether it is what a person types, and has a place in PostgreSQL, which has none for the character U+0000."""
    written = json.dumps(typed)
    return len(written) <= MOST_TYPED and r"\u0000" not in written


def account_at(journey: Journey) -> Account | None:
    """The account with the journey's address, if it may sign in."""
    return Account.objects.able_to_sign_in().with_email(journey.whose).first()


def sweep_journeys() -> int:
    """Forget journeys that are over, and their codes, in this tenant. Returns how many there were."""
    OneTimeCode.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()
    swept, _ = Journey.objects.over().delete()
    return swept
