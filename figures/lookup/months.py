"""A range of days summed from as few rows as do: of a month its sum, and what is missing or too much by day.

Of the first to the 27th of a month of thirty days there are its sum and the three days to take away from it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from figures.lookup.ranges import DAY, DayRange
from figures.policies import WHOLE_MONTH, month_after, month_of

# Days are named one by one and not by where spans begin and end: the database knows better how many rows that makes.
# Hours have dimensions in the open day alone, which has no sum of its own. Value comes first, as it tells rows apart
# soonest, should the database sort them.
SUMMED = """
    SELECT metric, dimension, value,
        sum(CASE WHEN hour > %(month)s AND day = ANY(%(too_many)s) THEN -n ELSE n END)::bigint AS total
    FROM figures_sum
    WHERE (hour = %(month)s AND day = ANY(%(months)s) OR hour > %(month)s AND day = ANY(%(days)s))
        AND metric = ANY(%(metrics)s) AND dimension = ANY(%(dimensions)s)
    GROUP BY value, dimension, metric ORDER BY total DESC, value
"""


@dataclass
class Pieces:
    """What a range is summed from: whole months, named by their first days, and days; without those too many."""

    months: list[date] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    too_many: list[date] = field(default_factory=list)


def pieces_of(days: DayRange, summed_to: date | None) -> Pieces:
    """Those of this range, where months hold the sums of all days before `summed_to`."""
    pieces, end = Pieces(), days.last + DAY
    month = month_of(days.first)
    while month < end:
        after = month_after(month)
        begin, stop = max(days.first, month), min(end, after)
        kept_to = min(after, summed_to or month)
        too_many, not_kept = [*_days(month, begin), *_days(stop, kept_to)], _days(kept_to, stop)
        if begin < kept_to and len(too_many) + len(not_kept) < (stop - begin).days:
            pieces.months.append(month)
            pieces.too_many += too_many
            pieces.days += not_kept
        else:
            pieces.days += _days(begin, stop)
        month = after
    return pieces


def summed(
    pieces: Pieces, *, metrics: Collection[str], dimensions: Collection[str]
) -> Sequence[tuple[str, str, str, int]]:
    """Metric, dimension and value, with how much there was in the range; the most on top."""
    given: dict[str, Any] = {
        "month": WHOLE_MONTH,
        "months": pieces.months,
        "days": [*pieces.days, *pieces.too_many],
        "too_many": pieces.too_many,
        "metrics": list(metrics),
        "dimensions": list(dimensions),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMMED, given)
        rows: Sequence[tuple[str, str, str, int]] = cursor.fetchall()
    return rows


def _days(begin: date, end: date) -> list[date]:
    """Those from one day to before another; none if that isn't later."""
    return [begin + number * DAY for number in range((end - begin).days)]
