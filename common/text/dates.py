"""Days of the calendar, kept as ISO 8601 writes them: 2026-11-29."""

import re
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

NOT_A_DATE = _("Enter a date as year, month and day, such as 1990-12-31.")
TODAY = "today"
# Kiribati, where each day begins first.
_FURTHEST_EAST = timedelta(hours=14)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def iso_date(text: str) -> str:
    """The day, from digits of any script; "" if the calendar has none such."""
    text = text.strip()
    if not _ISO.fullmatch(text):
        return ""
    try:
        return date(*map(int, text.split("-"))).isoformat()
    except ValueError:
        return ""


def day_meant(text: str) -> str:
    """The day that a limit means, which may be the word for today: the one that has begun furthest in the east.

    Nobody is told that the day on their own calendar is still to come.
    """
    return (datetime.now(UTC) + _FURTHEST_EAST).date().isoformat() if text == TODAY else text
