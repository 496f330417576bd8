"""How many customers were active within a day, a week and a month: told by when each of them signed in last.

`activity` notes that once for each customer, so nobody walks through a month of sign-ins to count them. Whoever has
come back since a day that is over is looked up in the log, some thousands at a time. Where a day is closed in time,
those are the customers of some minutes.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from figures.policies import ACTIVE, ACTIVE_FOR, HOUR, WHOLE_DAY, Span

LOOKED_UP_AT_ONCE = 20_000
SIGNED_IN = """
    event.action = 'customer.signed_in' AND event.result = 'success' AND event.at < %(ends_at)s
        AND NOT event.details ? 'trial_run'
"""
# What isn't noted yet is of the last minutes.
NOTED = f"""
    WITH unnoted AS MATERIALIZED (
        SELECT event.account_id, max(event.at) AS at FROM audit_event event
        WHERE event.category = 'activity' AND event.at >= %(unnoted_from)s AND {SIGNED_IN}
            AND event.account_id IS NOT NULL AND event.id > (SELECT event_seen FROM figures_books)
        GROUP BY event.account_id
    )
    SELECT span.name,
        (SELECT count(*) FROM accounts_activity kept
            WHERE kept.last_sign_in_at >= span.since AND kept.last_sign_in_at < %(ends_at)s)
        + (SELECT count(*) FROM unnoted LEFT JOIN accounts_activity kept ON kept.account_id = unnoted.account_id
            WHERE unnoted.at >= span.since AND coalesce(kept.last_sign_in_at < span.since, true))
    FROM unnest(%(names)s::text[], %(since)s::timestamptz[]) AS span(name, since)
"""  # noqa: S608 - statements of ours
CAME_BACK = f"""
    SELECT kept.last_sign_in_at, kept.account_id, (
        SELECT event.at FROM audit_event event
        WHERE event.account_id = kept.account_id AND event.at >= %(longest)s AND {SIGNED_IN}
        ORDER BY event.at DESC, event.id DESC LIMIT 1
    )
    FROM accounts_activity kept
    WHERE kept.last_sign_in_at >= %(ends_at)s AND (kept.last_sign_in_at, kept.account_id) > (%(moment)s, %(account_id)s)
    ORDER BY kept.last_sign_in_at, kept.account_id LIMIT %(most)s
"""  # noqa: S608 - statements of ours
KEEP = """
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT %(day)s, %(hour)s, %(metric)s, counted.name, '', counted.n
    FROM unnest(%(names)s::text[], %(counts)s::bigint[]) AS counted(name, n)
    ON CONFLICT (day, hour, metric, dimension, value) DO UPDATE SET n = excluded.n
"""


def count_active(span: Span, names: Collection[str] = tuple(ACTIVE_FOR)) -> None:
    """Count who signed in within a day, a week, a month, of which this is the last day: `names` of `ACTIVE_FOR`.

    Call it in the transaction that holds the books, when all sign-ins but those of the last hour are noted.
    """
    since = {name: span.begins_at - timedelta(days=ACTIVE_FOR[name] - 1) for name in names}
    if since:
        counted = _noted(span, since)
        for found in _came_back(span, longest=min(since.values())):
            counted.update({name: sum(at >= begin for at in found) for name, begin in since.items()})
        given = {"day": span.day, "hour": WHOLE_DAY, "metric": ACTIVE}
        _execute(KEEP, {**given, "names": list(since), "counts": [counted[name] for name in since]})


def _noted(span: Span, since: Mapping[str, datetime]) -> Counter[str]:
    """Those who haven't come back after the end of the span, by the names of `since`."""
    given = {"names": list(since), "since": list(since.values()), "ends_at": span.ends_at}
    rows = _execute(NOTED, {**given, "unnoted_from": min(span.ends_at, timezone.now()) - HOUR})
    return Counter(dict(rows))


def _came_back(span: Span, *, longest: datetime) -> Iterator[list[datetime]]:
    """When those who have come back signed in last before the end of the span, some customers at a time."""
    given = {"ends_at": span.ends_at, "longest": longest, "most": LOOKED_UP_AT_ONCE}
    place = {"moment": span.ends_at, "account_id": UUID(int=0)}
    while rows := _execute(CAME_BACK, {**given, **place}):
        yield [at for _, _, at in rows if at is not None]
        place = dict(zip(place, rows[-1], strict=False))


def _execute(statement: str, given: Mapping[str, Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall() if cursor.description else []
