"""Sums of months, of the open one up to its last day that is over: a page about two years reads few rows of a value."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from figures.models import Books, Day, Sum
from figures.policies import OF_EVENTS, OF_JOURNEYS, WHOLE_DAY, WHOLE_MONTH, month_after, month_of

# Up to when months were summed, by what is summed of them: journeys are by releases that summed events alone.
SUMMED = {"months_to": OF_EVENTS, "journey_months_to": OF_JOURNEYS}
SUM_MONTH = """
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT %(month)s, %(whole_month)s, metric, dimension, value, sum(n) FROM figures_sum
    WHERE hour = %(whole_day)s AND day >= %(month)s AND day < %(end)s AND metric = ANY(%(metrics)s) AND dimension <> ''
    GROUP BY metric, dimension, value
"""


def sum_months(books: Books, *, until: date) -> None:
    """Let all days before this one be in the sums of their months. The books are in hand."""
    for marker, metrics in SUMMED.items():
        before: date | None = getattr(books, marker)
        month = month_of(before) if before else _first_month()
        if month is None or (before and before >= until):
            continue
        while month < until:
            _sum_month(month, metrics, until=until)
            month = month_after(month)
        setattr(books, marker, until)
        books.save(update_fields=[marker])


def forget_months(books: Books, *, since: date) -> None:
    """Forget the sums of events of this day's month and of those after it, as it is counted anew.

    The books are in hand.
    """
    if books.months_to is None or books.months_to <= since:
        return
    Sum.objects.filter(hour=WHOLE_MONTH, day__gte=month_of(since), metric__in=OF_EVENTS).delete()
    books.months_to = month_of(since)
    books.save(update_fields=["months_to"])


def _first_month() -> date | None:
    first = Day.objects.order_by("day").values_list("day", flat=True).first()
    return month_of(first) if first else None


def _sum_month(month: date, metrics: Sequence[str], *, until: date) -> None:
    Sum.objects.filter(hour=WHOLE_MONTH, day=month, metric__in=metrics).delete()
    given: dict[str, Any] = {
        "month": month,
        "end": min(month_after(month), until),
        "metrics": list(metrics),
        "whole_day": WHOLE_DAY,
        "whole_month": WHOLE_MONTH,
    }
    with connection.cursor() as cursor:
        cursor.execute(SUM_MONTH, given)
