"""Customers read a day as it is written in their language, and not as Django has it."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from django.utils.translation import override

from common.text.languages import TRANSLATED_LANGUAGES, Language
from common.text.written_dates import TABLE, long_date, long_date_and_time, moment_and_zone
from tests.browser import as_read
from tools.written_dates import written

EACH = pytest.mark.parametrize("language", TRANSLATED_LANGUAGES, ids=lambda language: language.tag)
LETTER_BESIDE_DIGIT = re.compile(r"\d[年月日년월일]|[年月日년월일]\d")
AFTERNOON = datetime(2026, 3, 5, 15, 4, tzinfo=UTC)


def test_the_table_is_what_cldr_says_today() -> None:
    """Else `python -m tools.written_dates` writes it anew."""
    assert TABLE.read_text() == written()


@EACH
def test_each_month_is_written_as_cldr_writes_it_but_for_the_years_of_thailand(language: Language) -> None:
    days = [date(2026, month, month) for month in range(1, 13)]
    with override(language.code):
        ours = [long_date(day) for day in days]
    theirs = [format_date(day, "long", locale=language.tag.replace("-", "_")) for day in days]
    assert [as_read(day) for day in ours] == [as_read(day).replace("ค.ศ. 2026", "พ.ศ. 2569") for day in theirs]


@EACH
def test_a_line_breaks_in_no_day_and_no_time_and_between_them_where_they_are_long(language: Language) -> None:
    with override(language.code):
        moment = long_date_and_time(AFTERNOON)
        day = long_date(AFTERNOON)
    assert moment.count(" ") == (language.code not in {"ja", "ko", "zh-hans", "zh-hant", "zh-hk"})
    assert " " not in day
    assert not LETTER_BESIDE_DIGIT.search(day)


def test_a_moment_may_say_in_which_zone_it_is() -> None:
    with override("de"):
        assert as_read(moment_and_zone(AFTERNOON)) == "5. März 2026, 15:04 UTC"
        assert as_read(moment_and_zone(AFTERNOON.astimezone(ZoneInfo("Europe/Berlin")))) == "5. März 2026, 16:04 CET"


@pytest.mark.parametrize(
    ("language", "reads"),
    [
        ("en", "March 5, 2026, 3:04 PM"),
        ("en-gb", "5 March 2026, 15:04"),
        ("de", "5. März 2026, 15:04"),
        ("it", "5 marzo 2026, 15:04"),
        ("pt", "5 de março de 2026, 15:04"),
        ("fi", "5. maaliskuuta 2026 klo 15.04"),
        ("fr-ca", "5 mars 2026 à 15 h 04"),
        ("kk", "2026 ж. 5 наурыз, 15:04"),
        ("th", "5 มีนาคม พ.ศ. 2569 เวลา 15:04 น."),
        ("ja", "2026年3月5日 15:04"),
        ("ar", "5 مارس 2026، 15:04"),
        ("bg", "5 март 2026 г., 15:04"),
        ("xx", "March 5, 2026, 3:04 PM"),
    ],
)
def test_a_moment_reads_as_people_write_it(language: str, reads: str) -> None:
    with override(language):
        assert as_read(long_date_and_time(AFTERNOON)) == reads


def test_midnight_and_noon_have_hours_of_their_own_in_english() -> None:
    with override("en"):
        assert long_date_and_time(AFTERNOON.replace(hour=0)).endswith("12:04\u00a0AM")
        assert long_date_and_time(AFTERNOON.replace(hour=12)).endswith("12:04\u00a0PM")
