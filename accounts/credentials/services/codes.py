"""One-time codes by mail: six digits or eight, ten minutes, five tries, redeemed once, kept as a keyed digest."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.credentials.policies import CODE_DIGITS, read_code
from accounts.errors import CodeRefused
from accounts.models import OneTimeCode

LIFETIME = timedelta(minutes=10)
MAX_WRONG_TRIES = 5

# Counted before it is judged, so that of many tries at once none goes uncounted.
COUNT_TRY = """
    UPDATE accounts_onetimecode SET wrong_tries = wrong_tries + 1
    WHERE journey_id = %(journey)s AND redeemed_at IS NULL AND expires_at > now() AND wrong_tries < %(most)s
    RETURNING wrong_tries >= %(most)s
"""
REDEEM = """
    UPDATE accounts_onetimecode SET redeemed_at = now(), wrong_tries = wrong_tries - 1
    WHERE journey_id = %(journey)s AND redeemed_at IS NULL AND expires_at > now() AND digest = %(digest)s
"""


def renew_code(journey_id: UUID, *, proves: str = "", length: int = CODE_DIGITS, is_decoy: bool = False) -> str:
    """Make the journey's code, in place of any earlier one, and return it for the mail.

    `proves` names what it is good for, such as an address: once the journey is about another one, it opens nothing.
    A decoy is a row that no code opens: for an address without an account, so that both take the same course.
    """
    code = f"{secrets.randbelow(10**length):0{length}}"
    OneTimeCode.objects.update_or_create(
        journey_id=journey_id,
        defaults={
            "digest": _digest(journey_id, proves, secrets.token_hex() if is_decoy else code),
            "wrong_tries": 0,
            "redeemed_at": None,
            "expires_at": timezone.now() + LIFETIME,
        },
    )
    return code


def count_try(journey_id: UUID, *, asked_at: datetime | None = None) -> bool:
    """Count a try that is about to be made; not in a transaction, or a refusal would take the count back.

    Returns whether it is the last one. Raises `CodeRefused` if there is none left; not as spent while the code that was
    asked for at that time is still being made.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT_TRY, {"journey": journey_id, "most": MAX_WRONG_TRIES})
        row = cursor.fetchone()
    if row is None:
        raise CodeRefused(is_spent=_is_made(journey_id, asked_at))
    return bool(row[0])


def redeem_code(
    journey_id: UUID, *, proves: str = "", typed: str, length: int = CODE_DIGITS, is_last_try: bool = False
) -> None:
    """Use the code up, by a try that was counted; in the transaction of what it is used for, so that none is lost.

    Raises `CodeRefused`; as spent if this was the last try.
    """
    digest = _digest(journey_id, proves, read_code(typed, length=length))
    with connection.cursor() as cursor:
        cursor.execute(REDEEM, {"digest": digest, "journey": journey_id})
        if not cursor.rowcount:
            raise CodeRefused(is_spent=is_last_try)


def _is_made(journey_id: UUID, asked_at: datetime | None) -> bool:
    if asked_at is None:
        return True
    return OneTimeCode.objects.filter(journey_id=journey_id, expires_at__gte=asked_at + LIFETIME).exists()


def _digest(journey_id: UUID, proves: str, code: str) -> str:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"one-time code:{journey_id}:{code}:{proves}".encode(), sha256
    ).hexdigest()
