"""A range of days summed from as few rows as do: of a month its sum, and what is missing or too much by day.

Of the first to the 27th of a month of thirty days there are its sum and the three days to take away from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Expression, Q, QuerySet
from django.db.models import Sum as Total

from figures.lookup.ranges import DAY, DayRange
from figures.models import Sum
from figures.policies import WHOLE_DAY, WHOLE_MONTH, month_after, month_of

NOTHING = Q(day__in=[])


@dataclass
class Pieces:
    """What a range is summed from: whole months and days, without those too many. Spans end before their second day.

    Of days from `open_since` on there are the hours.
    """

    open_since: date | None = None
    months: list[date] = field(default_factory=list)
    days: list[tuple[date, date]] = field(default_factory=list)
    too_many: list[tuple[date, date]] = field(default_factory=list)

    @property
    def added(self) -> Q:
        by_day = Q(hour=WHOLE_DAY) | Q(day__gte=self.open_since) if self.open_since else Q(hour=WHOLE_DAY)
        return Q(hour=WHOLE_MONTH, day__in=self.months) | (_within(self.days) & by_day)

    @property
    def taken_away(self) -> Q:
        return _within(self.too_many) & Q(hour=WHOLE_DAY)

    @property
    def total(self) -> Expression:
        """How much there was of something in the range, as a column of rows that are grouped."""
        added = Total("n", filter=self.added, default=0)
        return added - Total("n", filter=self.taken_away, default=0) if self.too_many else added


def pieces_of(days: DayRange, summed_to: date | None, *, open_since: date | None = None) -> Pieces:
    """Those of this range, where months hold the sums of all days before `summed_to`."""
    pieces, end = Pieces(open_since), days.last + DAY
    month = month_of(days.first)
    while month < end:
        after = month_after(month)
        begin, stop = max(days.first, month), min(end, after)
        kept_to = min(after, summed_to or month)
        around = [(month, begin), (stop, kept_to)]
        if begin < kept_to and _length([*around, (kept_to, stop)]) < (stop - begin).days:
            pieces.months.append(month)
            pieces.too_many += _real(around)
            pieces.days += _real([(kept_to, stop)])
        else:
            pieces.days.append((begin, stop))
        month = after
    return pieces


def rows_of(pieces: Sequence[Pieces]) -> "QuerySet[Sum]":
    """All rows of which any of these makes use."""
    return Sum.objects.filter(reduce(or_, (each.added | each.taken_away for each in pieces)))


def _real(spans: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    return [(begin, end) for begin, end in spans if begin < end]


def _length(spans: Sequence[tuple[date, date]]) -> int:
    return sum((end - begin).days for begin, end in _real(spans))


def _within(spans: Sequence[tuple[date, date]]) -> Q:
    return reduce(or_, (Q(day__gte=begin, day__lt=end) for begin, end in spans), NOTHING)
