"""Moments are read as Django reads them, whatever PostgreSQL has written."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def moment(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        read: datetime = cursor.fetchone()[0]
    return read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-30 03:40:22+00", datetime(2026, 11, 30, 3, 40, 22, tzinfo=UTC)),
        ("2026-11-30 03:40:22.5+00", datetime(2026, 11, 30, 3, 40, 22, 500_000, tzinfo=UTC)),
        ("2026-11-30 03:40:22.000001+05:30", datetime(2026, 11, 29, 22, 10, 22, 1, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_to_the_microsecond_at_utc(written: str, read: datetime) -> None:
    assert moment(written) == read
    assert moment(written).tzinfo is UTC


@pytest.mark.parametrize("written", ["infinity", "10000-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC"])
def test_what_python_has_no_place_for_is_an_error(written: str) -> None:
    with pytest.raises(DataError):
        moment(written)
