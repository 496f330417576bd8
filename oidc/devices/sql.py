"""What a device's question costs: one statement, which also notes when it came."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from oidc.devices.policies import LONGEST_INTERVAL, SLOWER_BY

# A device that asks before its interval has passed shall take longer from now on (RFC 8628 section 3.5).
_ASK = """
    UPDATE oidc_devicegrant
    SET is_early = last_checked IS NOT NULL AND last_checked + "interval" * INTERVAL '1 second' > %(now)s,
        "interval" = CASE
            WHEN last_checked + "interval" * INTERVAL '1 second' > %(now)s
            THEN LEAST("interval" + %(slower_by)s, %(longest)s)
            ELSE "interval"
        END,
        last_checked = %(now)s
    WHERE device_code = %(digest)s AND application_id = %(application)s
    RETURNING status, expires, is_early
"""


class AskedDevice(NamedTuple):
    """What has become of a device. `is_early`: it asked before its interval had passed."""

    status: str
    expires_at: datetime
    is_early: bool


def ask_device(digest: str, *, application_pk: int, now: datetime) -> AskedDevice | None:
    """Note that a device asks, and say what has become of it; None if this application has no such device."""
    bound: dict[str, Any] = {
        "digest": digest,
        "application": application_pk,
        "now": now,
        "slower_by": int(SLOWER_BY.total_seconds()),
        "longest": int(LONGEST_INTERVAL.total_seconds()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASK, bound)
        row = cursor.fetchone()
    return AskedDevice._make(row) if row else None
