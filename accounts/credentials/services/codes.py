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

# One statement judges and counts, so that of many tries at once none goes uncounted and one at most succeeds.
TRY = """
    UPDATE accounts_onetimecode SET
        redeemed_at = CASE WHEN digest = %(digest)s THEN now() END,
        wrong_tries = wrong_tries + CASE WHEN digest = %(digest)s THEN 0 ELSE 1 END
    WHERE journey_id = %(journey)s AND redeemed_at IS NULL AND expires_at > now() AND wrong_tries < %(most)s
    RETURNING redeemed_at IS NOT NULL, wrong_tries >= %(most)s
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


def redeem_code(
    journey_id: UUID, *, proves: str = "", typed: str, length: int = CODE_DIGITS, asked_at: datetime | None = None
) -> None:
    """Use the code up. Raises `CodeRefused`; not as spent while the one asked for at that time is still being made."""
    digest = _digest(journey_id, proves, read_code(typed, length=length))
    with connection.cursor() as cursor:
        cursor.execute(TRY, {"digest": digest, "journey": journey_id, "most": MAX_WRONG_TRIES})
        row = cursor.fetchone()
    is_right, is_spent = row or (False, True)
    if not is_right:
        raise CodeRefused(is_spent=is_spent and _is_made(journey_id, asked_at))


def _is_made(journey_id: UUID, asked_at: datetime | None) -> bool:
    if asked_at is None:
        return True
    return OneTimeCode.objects.filter(journey_id=journey_id, expires_at__gte=asked_at + LIFETIME).exists()


def _digest(journey_id: UUID, proves: str, code: str) -> str:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"one-time code:{journey_id}:{code}:{proves}".encode(), sha256
    ).hexdigest()
