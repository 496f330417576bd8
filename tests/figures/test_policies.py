"""When days begin and end, what a median is, and how a chart is drawn: pure functions."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from common.text.spreadsheets import safe_cell
from figures.lookup.ranges import DayRange
from figures.policies import Span, bucket_of, first_span, median_of, span_after
from portal.charts import Point, change_of, chart_of, round_top, short
from portal.views.figures import days_drawn, name_drawn

BERLIN, TOKYO, PACIFIC = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Los_Angeles")


def days_from(moment: datetime, *zones: ZoneInfo) -> list[Span]:
    """A day in each of these time zones, one after the other."""
    spans = [first_span(moment, zones[0])]
    for zone in zones[1:]:
        spans.append(span_after(spans[-1], zone))
    return spans


def test_a_day_lasts_from_midnight_to_midnight_in_its_time_zone() -> None:
    [span] = days_from(datetime(2025, 6, 18, 22, 30, tzinfo=UTC), BERLIN)
    assert span.day == date(2025, 6, 19)
    assert (span.begins_at.hour, span.hours) == (22, 24)


@pytest.mark.parametrize(("day", "hours"), [(30, 23), (29, 24)])
def test_the_day_on_which_clocks_go_forward_is_short(day: int, hours: int) -> None:
    [span] = days_from(datetime(2025, 3, day, 12, tzinfo=UTC), BERLIN)
    assert span.hours == hours


def test_the_day_on_which_clocks_go_back_is_long() -> None:
    [span] = days_from(datetime(2025, 10, 26, 12, tzinfo=UTC), BERLIN)
    assert span.hours == 25
    assert span.hour_of(span.ends_at - timedelta(seconds=1)) == 24


@pytest.mark.parametrize(
    "zones", [(TOKYO, PACIFIC, PACIFIC), (PACIFIC, TOKYO, TOKYO), (BERLIN, TOKYO, PACIFIC, BERLIN)]
)
def test_whatever_time_zone_comes_next_no_moment_is_in_two_days_or_in_none(zones: tuple[ZoneInfo, ...]) -> None:
    spans = days_from(datetime(2025, 6, 18, 12, tzinfo=UTC), *zones)
    assert all(later.begins_at == earlier.ends_at for earlier, later in pairwise(spans))
    assert all(later.day - earlier.day == timedelta(days=1) for earlier, later in pairwise(spans))
    assert all(span.begins_at < span.ends_at for span in spans)


@pytest.mark.parametrize(
    ("seconds", "median"),
    [([], None), ([40], 37.5), ([1, 1, 1, 1], 2.5), ([4, 4, 40, 40, 40, 40, 9999], 35.625), ([5000, 5000], 2400)],
)
def test_the_median_lies_in_the_bucket_of_the_one_in_the_middle(seconds: list[int], median: float | None) -> None:
    counts: dict[int, int] = {}
    for each in seconds:
        counts[bucket_of(each)] = counts.get(bucket_of(each), 0) + 1
    assert median_of(counts) == median


def test_a_scale_is_round_and_holds_the_highest_point() -> None:
    assert [round_top(most) for most in (0, 1, 3, 7, 11, 41, 999, 1001)] == [2, 2, 4, 8, 20, 60, 1000, 2000]
    assert [short(number) for number in (0, 999, 1200, 40_000, 2_500_000)] == ["0", "999", "1.2k", "40k", "2.5M"]


def test_a_line_goes_from_edge_to_edge_and_stays_within_the_field() -> None:
    chart = chart_of([Point("1 Jun", 4, 0), Point("2 Jun", 0, 2), Point("3 Jun", 2, 1)], name="1 Jun to 3 Jun")
    assert chart.line == "M0.0 0.0L500.0 200.0L1000.0 100.0"
    assert chart.before == "M0.0 200.0L500.0 100.0L1000.0 150.0"
    assert chart_of([Point("1 Jun", 1, 0)], name="1 Jun").line == "M0.0 100.0L1000.0 100.0"
    assert chart_of([Point("1 Jun", 1, 9)], name="1 Jun", compares=False).before == ""


@pytest.mark.parametrize(
    ("name", "points", "days", "first", "first_before"),
    [
        ("30d", 30, "2 Jun to 1 Jul", "2 Jun", "3 May"),
        ("90d", 12, "9 Apr to 1 Jul", "9 Apr to 15 Apr", "9 Jan to 15 Jan"),
        ("12m", 52, "3 Jul 2024 to 1 Jul 2025", "3 Jul 2024 to 9 Jul 2024", "4 Jul 2023 to 10 Jul 2023"),
    ],
)
def test_a_long_range_is_drawn_by_whole_weeks_that_say_which_they_are(
    name: str, points: int, days: str, first: str, first_before: str
) -> None:
    asked = DayRange(name, date(2025, 7, 1))

    drawn = days_drawn(asked)

    assert (len(drawn), name_drawn(asked, drawn)) == (points, days)
    assert len({each.end - each.begin for each in drawn}) == 1
    assert (drawn[0].name, drawn[0].name_before) == (first, first_before)


@pytest.mark.parametrize(
    ("n", "before", "is_good", "told"),
    [
        (12, 10, True, ("20%", "up", "green")),
        (8, 10, True, ("20%", "down", "red")),
        (12, 10, False, ("20%", "up", "red")),
        (1001, 1000, True, ("same as before", "", "")),
        (500, 2, True, ("250 times", "up", "green")),
        (5, 0, True, ("", "", "")),
    ],
)
def test_a_change_is_told_in_percent(n: int, before: int, is_good: bool, told: tuple[str, str, str]) -> None:
    change = change_of(n, before, is_good=is_good)
    assert (change.text, change.arrow, change.tone) == told


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert [safe_cell(cell) for cell in ("-1", "+49 30 1", "Müller", "")] == ["-1", "+49 30 1", "Müller", ""]
