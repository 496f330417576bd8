"""What was counted in a range of days, beside the range before it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models import Sum as Total
from django.utils import timezone

from accounts.models import Account
from common.web.current_request import once_a_request
from figures.lookup.days import span_behind
from figures.lookup.months import pieces_of, summed
from figures.lookup.ranges import DayRange
from figures.models import Books, Day, Sum
from figures.policies import (
    ACTIVE,
    ACTIVE_FOR,
    CUSTOMERS,
    HOUR,
    IN_ALL,
    OF_EVENTS,
    WHOLE_DAY,
    Span,
)
from tenants.postgresql import current_schema

STALE_AFTER = timedelta(hours=1)
COUNTED_AT_ONCE, CERTAINLY_MANY = 5000, 20_000
"""Customers: so many are counted while somebody waits, and more are known from the last count. Where that found very
many, they are still too many to be counted an hour later.
"""


@dataclass(frozen=True)
class Ledger:
    """What is known of a tenant's days: which is open, up to when it was counted, and in which time zone days are.

    `first` is the first day of all. Days before `months_to` are in the sums of their months, of journeys those before
    `journey_months_to`.
    """

    span: Span
    first: date
    time_zone: str
    counted_to: datetime | None
    months_to: date | None
    journey_months_to: date | None

    @property
    def today(self) -> date:
        """The day that is open."""
        return self.span.day

    def can_compare(self, days: DayRange) -> bool:
        """Whether all days before the range were counted, too."""
        return days.before.first >= self.first

    @property
    def is_stale(self) -> bool:
        """Whether nobody has closed the day though it is over."""
        return self.counted_to is not None and timezone.now() > self.span.ends_at + STALE_AFTER

    @property
    def hours_passed(self) -> float:
        """How much of it has passed."""
        return max(0.0, (timezone.now() - self.span.begins_at) / HOUR)


@dataclass(frozen=True)
class Series:
    """What was counted each day of a range, and of the one before. `total_before` is of as much time as has passed."""

    values: Sequence[int]
    before: Sequence[int]
    total_before: int

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True)
class Part:
    """How much of something one value of a dimension has."""

    value: str
    n: int


def ledger() -> Ledger:
    """The books of the tenant in force, or what they begin with."""
    return once_a_request(("ledger", current_schema()), _ledger)


def _ledger() -> Ledger:
    books = Books.objects.filter(pk=Books.ONLY_ROW).first() or Books()
    first = Day.objects.order_by("day").values("day")[:1]
    closed = Day.objects.newest_first().annotate(first=Subquery(first)).first()
    span = span_behind(closed, books)
    first_day = closed.first if closed else span.day
    return Ledger(span, first_day, books.time_zone, books.counted_to, books.months_to, books.journey_months_to)


def series_of(days: DayRange, books: Ledger) -> Mapping[str, Series]:
    """Each of `OF_EVENTS` by day, and `ACTIVE`, how many customers were so on each."""
    counts = Q(dimension=IN_ALL, metric__in=OF_EVENTS) | Q(dimension="day", metric=ACTIVE)
    counted = _by_day(_rows(days.before.first, days.last, books).filter(counts), "metric")
    passed = _until(days.before.last, books)
    return {metric: _series(counted[metric], days, passed.get(metric)) for metric in (*OF_EVENTS, ACTIVE)}


def active_in(days: DayRange, books: Ledger, names: Collection[str] = tuple(ACTIVE_FOR)) -> Mapping[str, Series]:
    """How many customers were active by each day: in a day, a week, a month, as `ACTIVE_FOR` names them."""
    rows = _rows(days.before.first, days.last, books).filter(metric=ACTIVE, dimension__in=names)
    counted = _by_day(rows, "dimension")
    return {name: _series(counted[name], days, None) for name in names}


def parts_of(
    days: DayRange, books: Ledger, wanted: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], Sequence[Part]]:
    """What was counted by each (metric, dimension) of these, the largest parts first."""
    metrics, dimensions = ({pair[place] for pair in wanted} for place in (0, 1))
    found: dict[tuple[str, str], list[Part]] = {pair: [] for pair in wanted}
    for metric, dimension, value, n in summed(pieces_of(days, books.months_to), metrics=metrics, dimensions=dimensions):
        if n and (metric, dimension) in found:
            found[metric, dimension].append(Part(value, n))
    return found


def customers_in_all() -> int | None:
    """How many customers there are; of more than some thousands, how many there were when they were counted last."""
    counted = Sum.objects.filter(metric=CUSTOMERS).order_by("-day").values_list("n", flat=True).first()
    if counted is not None and counted > CERTAINLY_MANY:
        return counted
    now: int = Account.objects.kept().order_by()[: COUNTED_AT_ONCE + 1].count()
    return now if now <= COUNTED_AT_ONCE else counted


def active_by_now(name: str) -> tuple[int, int]:
    """How many were active in the last week or month that was counted, and in the one before it."""
    rows = Sum.objects.filter(metric=ACTIVE, dimension=name, hour=WHOLE_DAY).order_by("-day")
    counted = dict(rows.values_list("day", "n")[: ACTIVE_FOR[name] + 1])
    if not counted:
        return 0, 0
    last = max(counted)
    return counted[last], counted.get(last - timedelta(days=ACTIVE_FOR[name]), 0)


def today_beside_last_week(books: Ledger) -> Mapping[str, tuple[int, int]]:
    """What was counted today, and by the same time of the same weekday last week."""
    return once_a_request(("today", current_schema()), lambda: _today_beside_last_week(books))


def _today_beside_last_week(books: Ledger) -> Mapping[str, tuple[int, int]]:
    today = dict(
        _rows(books.today, books.today, books)
        .filter(dimension=IN_ALL, metric__in=OF_EVENTS)
        .values_list("metric")
        .annotate(total=Total("n"))
    )
    then = _until(books.today - timedelta(days=7), books)
    return {metric: (today.get(metric, 0), then.get(metric, 0)) for metric in OF_EVENTS}


def _rows(first: date, last: date, books: Ledger) -> "QuerySet[Sum]":
    """Closed days as a whole, the open one by its hours; as a whole, too, if the worker has closed it since the books
    were read.
    """
    rows, is_closed = Sum.objects.filter(day__gte=first, day__lte=last), Exists(Day.objects.filter(day=OuterRef("day")))
    return rows.filter(Q(hour=WHOLE_DAY) | Q(day__gte=books.today) & ~is_closed)


def _by_day(rows: "QuerySet[Sum]", what: str) -> Mapping[str, Mapping[date, int]]:
    """How much there was each day, by metric or dimension. Rows of a name come as one: there are hundreds of each."""
    gathered = rows.order_by().values_list(what).annotate(days=ArrayAgg("day"), ns=ArrayAgg("n"))
    return defaultdict(dict, {name: _added_up(days, ns) for name, days, ns in gathered})


def _added_up(days: Sequence[date], ns: Sequence[int]) -> Mapping[date, int]:
    by_day = dict(zip(days, ns, strict=True))
    if len(by_day) < len(days):
        # The open day has a row for each of its hours.
        last = max(days)
        by_day[last] = sum(n for day, n in zip(days, ns, strict=True) if day == last)
    return by_day


def _series(counted: Mapping[date, int], days: DayRange, by_now: int | None) -> Series:
    """`by_now`: what was counted by this time of the last day before; None if that isn't known."""
    values = [counted.get(day, 0) for day in days.days]
    before = [counted.get(day, 0) for day in days.before.days]
    last = before[-1] if by_now is None else by_now
    return Series(values, before, sum(before[:-1]) + last)


def _until(day: date, books: Ledger) -> Mapping[str, int]:
    """What was counted on this day by as much of it as has passed today; of an hour begun, its share.

    Of a day so long ago that its hours were forgotten, all of it.
    """
    of_day = Sum.objects.filter(day=day, dimension=IN_ALL, metric__in=OF_EVENTS).values_list("metric", "hour", "n")
    rows = list(of_day)
    if all(hour == WHOLE_DAY for _, hour, _ in rows):
        return {metric: n for metric, _, n in rows}
    passed: defaultdict[str, float] = defaultdict(float)
    for metric, hour, n in rows:
        if hour != WHOLE_DAY:
            passed[metric] += n * min(1.0, max(0.0, books.hours_passed - hour))
    return {metric: round(passed[metric]) for metric in OF_EVENTS}
