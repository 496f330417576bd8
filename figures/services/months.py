"""Sums of months that are over, made of those of their days: a page about two years needn't read 700 of each value."""

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
    """Sum the months that are over before this day and weren't yet. The books are in hand."""
    for marker, metrics in SUMMED.items():
        before: date | None = getattr(books, marker)
        month = before or _first_month()
        while month and month_after(month) <= until:
            _sum_month(month, metrics)
            month = month_after(month)
        if month != before:
            setattr(books, marker, month)
            books.save(update_fields=[marker])


def forget_months(books: Books, *, since: date) -> None:
    """Forget the sums of events of this day's month and of those after it, as it is counted anew.

    The books are in hand.
    """
    if books.months_to is None or books.months_to <= month_of(since):
        return
    Sum.objects.filter(hour=WHOLE_MONTH, day__gte=month_of(since), metric__in=OF_EVENTS).delete()
    books.months_to = month_of(since)
    books.save(update_fields=["months_to"])


def _first_month() -> date | None:
    first = Day.objects.order_by("day").values_list("day", flat=True).first()
    return month_of(first) if first else None


def _sum_month(month: date, metrics: Sequence[str]) -> None:
    Sum.objects.filter(hour=WHOLE_MONTH, day=month, metric__in=metrics).delete()
    given: dict[str, Any] = {
        "month": month,
        "end": month_after(month),
        "metrics": list(metrics),
        "whole_day": WHOLE_DAY,
        "whole_month": WHOLE_MONTH,
    }
    with connection.cursor() as cursor:
        cursor.execute(SUM_MONTH, given)
