"""One-time codes: six digits or eight, ten minutes, five tries, redeemed once, kept as a keyed digest.

A mail may have a link beside the code or instead of it. Both are one ticket: the code follows from the token in the
link, so that a browser which may not use the link can show what to type where it may be used.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.credentials.policies import CODE_DIGITS, read_code
from accounts.errors import CodeRefused
from accounts.models import OneTimeCode
from common.crypto.digests import digest_of

LIFETIME = timedelta(minutes=10)
MAX_WRONG_TRIES = 5
TOKEN_BYTES = 32

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
# No wrong code of anybody's uses the link up.
REDEEM_LINK = """
    UPDATE accounts_onetimecode SET redeemed_at = now()
    WHERE journey_id = %(journey)s AND redeemed_at IS NULL AND expires_at > now() AND digest = %(digest)s
        AND link_digest = %(link_digest)s
"""


class LinkState(Enum):
    """What has become of a link: it may be used, it was used (or the code beside it), or neither."""

    GOOD = "good"
    USED = "used"
    GONE = "gone"


def new_link_token() -> str:
    """What stands in a link: 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def code_of_link(journey_id: UUID, token: str, *, length: int = CODE_DIGITS) -> str:
    """The code that goes with a link."""
    key, said = settings.SECRET_KEY.encode(), f"code of a link:{journey_id}:{token}".encode()
    return f"{int.from_bytes(hmac.digest(key, said, 'sha256')) % 10**length:0{length}}"


def renew_code(
    journey_id: UUID, *, proves: str = "", length: int = CODE_DIGITS, is_decoy: bool = False, link_token: str = ""
) -> str:
    """Make the journey's code, in place of any earlier one, and return it for the mail.

    `proves` names what it is good for, such as an address: once the journey is about another one, it opens nothing.
    A decoy is a row that no code opens: for an address without an account, so that both take the same course.
    With a `link_token` the mail has a link too, and the code is the one that goes with it.
    """
    chosen = f"{secrets.randbelow(10**length):0{length}}"
    code = code_of_link(journey_id, link_token, length=length) if link_token else chosen
    OneTimeCode.objects.update_or_create(
        journey_id=journey_id,
        defaults={
            "digest": _digest(journey_id, proves, secrets.token_hex() if is_decoy else code),
            "link_digest": digest_of(link_token) if link_token and not is_decoy else "",
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
        raise CodeRefused(is_spent=is_made(journey_id, asked_at), is_worn_out=_is_worn_out(journey_id))
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
            raise CodeRefused(is_spent=is_last_try, is_worn_out=is_last_try)


def redeem_link(journey_id: UUID, *, proves: str, token: str, length: int = CODE_DIGITS) -> None:
    """Use the code up by the link that was mailed with it, likewise. Raises `CodeRefused`."""
    digest = _digest(journey_id, proves, code_of_link(journey_id, token, length=length))
    with connection.cursor() as cursor:
        cursor.execute(REDEEM_LINK, {"digest": digest, "link_digest": digest_of(token), "journey": journey_id})
        if not cursor.rowcount:
            raise CodeRefused(is_spent=True)


def state_of_link(journey_id: UUID, token: str) -> LinkState:
    """What has become of the journey's link with this token. To look changes nothing."""
    ticket = OneTimeCode.objects.filter(journey_id=journey_id, link_digest=digest_of(token)).first()
    if ticket is not None and ticket.redeemed_at:
        return LinkState.USED
    return LinkState.GOOD if ticket is not None and ticket.expires_at > timezone.now() else LinkState.GONE


def has_tries(journey_id: UUID, *, asked_at: datetime) -> bool:
    """Whether the code that was asked for at that time can still be tried, or is still being made."""
    made = OneTimeCode.objects.filter(journey_id=journey_id, expires_at__gte=asked_at + LIFETIME)
    return not made.filter(wrong_tries__gte=MAX_WRONG_TRIES).exists()


def is_made(journey_id: UUID, asked_at: datetime | None) -> bool:
    """Whether there is a code that was asked for at that time, or later; so it is if nobody knows when."""
    if asked_at is None:
        return True
    return OneTimeCode.objects.filter(journey_id=journey_id, expires_at__gte=asked_at + LIFETIME).exists()


def _is_worn_out(journey_id: UUID) -> bool:
    codes = OneTimeCode.objects.filter(journey_id=journey_id, wrong_tries__gte=MAX_WRONG_TRIES, redeemed_at=None)
    return codes.filter(expires_at__gt=timezone.now()).exists()


def _digest(journey_id: UUID, proves: str, code: str) -> str:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"one-time code:{journey_id}:{code}:{proves}".encode(), sha256
    ).hexdigest()
