"""Sums of audit events. What is counted of a span of time replaces what was counted of it before."""

from datetime import date
from typing import Any

from django.db import connection, transaction

from figures.models import Sum
from figures.policies import (
    HOUR,
    IN_ALL,
    MAX_VALUE,
    MOST_VALUES,
    OF_EVENTS,
    OTHERS,
    WHOLE_DAY,
    Span,
)

COUNTED = """
    SELECT CASE WHEN event.result = 'failure' THEN 'failures'
                WHEN event.action = 'customer.signed_up' THEN 'sign_ups' ELSE 'sign_ins' END AS metric,
        event.at, event.client_id AS application, event.reason,
        CASE WHEN length(event.method) > %(max_value)s THEN %(others)s ELSE event.method END AS method,
        coalesce(account.language, '') AS language, coalesce(left(account.country, %(max_value)s), '') AS country
    FROM audit_event event LEFT JOIN accounts_account account ON account.id = event.account_id
    WHERE event.category = 'activity' AND event.at >= %(begins_at)s AND event.at < %(ends_at)s
        AND (event.result = 'failure' AND event.action LIKE 'customer.%%'
            OR event.result = 'success' AND event.action IN ('customer.signed_up', 'customer.signed_in'))
        AND NOT event.details ? 'trial_run'
"""
# Reasons are those of failures, who wasn't let in has no language of theirs that would say anything.
BY_DIMENSION = f"""
    WITH counted AS ({COUNTED}),
    grouped AS (
        SELECT metric, count(*) AS n,
            CASE WHEN grouping(method) = 0 THEN 'method' WHEN grouping(application) = 0 THEN 'application'
                 WHEN grouping(reason) = 0 THEN 'reason' WHEN grouping(language) = 0 THEN 'language'
                 WHEN grouping(country) = 0 THEN 'country' ELSE '' END AS dimension,
            coalesce(method, application, reason, language, country, '') AS value
        FROM counted
        GROUP BY GROUPING SETS (
            (metric), (metric, method), (metric, application), (metric, reason), (metric, language), (metric, country)
        )
    ),
    ranked AS (
        SELECT *, row_number() OVER (PARTITION BY metric, dimension ORDER BY n DESC, value) AS place FROM grouped
        WHERE CASE dimension WHEN 'reason' THEN metric = 'failures' WHEN 'method' THEN metric <> 'sign_ups'
            WHEN 'language' THEN metric <> 'failures' WHEN 'country' THEN metric <> 'failures' ELSE true END
    )
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT %(day)s, %(hour)s, metric, dimension, CASE WHEN place > %(most)s THEN %(others)s ELSE value END, sum(n)
    FROM ranked GROUP BY 3, 4, 5
"""  # noqa: S608 - statements of ours
BY_HOUR = f"""
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT %(day)s, floor(extract(epoch FROM at - %(begins_at)s) / 3600), metric, '', '', count(*)
    FROM ({COUNTED}) counted GROUP BY 2, 3
"""  # noqa: S608 - statements of ours


@transaction.atomic
def count_hour(span: Span, hour: int) -> None:
    """Count one hour of a day that is open."""
    begins_at = span.hour_from(hour)
    Sum.objects.filter(day=span.day, hour=hour, metric__in=OF_EVENTS).delete()
    _execute(BY_DIMENSION, span, hour=hour, begins_at=begins_at, ends_at=min(begins_at + HOUR, span.ends_at))


@transaction.atomic
def count_day(span: Span) -> None:
    """Count a whole day: with its dimensions, and its hours without."""
    Sum.objects.filter(day=span.day, metric__in=OF_EVENTS).delete()
    _execute(BY_DIMENSION, span, hour=WHOLE_DAY)
    _execute(BY_HOUR, span)


def forget_hours(before: date) -> None:
    """Forget the hours of days before this one."""
    Sum.objects.filter(day__lt=before, hour__gte=0, metric__in=OF_EVENTS, dimension=IN_ALL).delete()


def _execute(statement: str, span: Span, **given: Any) -> None:
    parameters = {
        "day": span.day,
        "begins_at": span.begins_at,
        "ends_at": span.ends_at,
        "max_value": MAX_VALUE,
        "most": MOST_VALUES,
        "others": OTHERS,
        **given,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
