"""Sealing what has happened: the next events of a log, and those that were committed late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Func, QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from audit.models import Category
from logs.models import SealKind
from logs.seals import chain
from logs.seals.chain import Statement
from logs.seals.merkle import leaf_of, root_of
from logs.served import category_of, served_events, served_seals

SEALED_AFTER = timedelta(seconds=60)
"""Longer than a request's transaction lasts, so that hardly any event comes late."""

MOST_IN_A_SEAL = 1000
PASSES_IN_A_TURN = 50
"""Until other tenants have their turn."""

BEFORE_ALL = -(2**63)
LATE_WITHIN = timedelta(minutes=10)
LATE_WITHIN_AT_LEISURE = timedelta(days=1)
"""For so long events are looked for that were committed after their neighbours were sealed: at each pass, each hour."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Sealed:
    """How many events a pass has sealed, whether there are more to seal now, and whether there are some too young."""

    events: int = 0
    is_more: bool = False
    is_waiting: bool = False


def seal_events(schema: str, *, late_within: timedelta = LATE_WITHIN) -> Sealed:
    """Seal the next events of the log of this schema, 1,000 at most, and those that came late."""
    with transaction.atomic(), schema_context(schema):
        if not chain.hold(schema):
            return Sealed(is_waiting=True)
        last = chain.head()
        up_to = last.up_to if last else BEFORE_ALL
        rows = rows_of(served_events().filter(pk__gt=up_to))
        due = list(takewhile(_is_due, rows))
        is_more = len(due) == MOST_IN_A_SEAL
        # While there is much to catch up with, nobody looks back after each step.
        late = [] if last is None or is_more else _late(up_to, late_within)
        statements = _statements(SealKind.LATE, late, up_to=up_to)
        if due:
            statements += _statements(SealKind.EVENTS, due, up_to=due[-1]["id"])
        chain.add(statements, after=last, schema=schema)
    return Sealed(len(due) + len(late), is_more=is_more, is_waiting=len(rows) > len(due))


def seal_what_is_due(schema: str) -> bool:
    """A turn of the worker's rounds: seal what is due, and some of what is more. Returns whether to come again soon."""
    for _ in range(PASSES_IN_A_TURN):
        done = seal_events(schema)
        if not done.is_more:
            break
    return done.is_more or done.is_waiting


def seal_all_events(schema: str, *, late_within: timedelta = LATE_WITHIN) -> int:
    """Seal all that is due, pass after pass. Returns how many events that were."""
    sealed, is_more = 0, True
    while is_more:
        done = seal_events(schema, late_within=late_within)
        sealed, is_more = sealed + done.events, done.is_more
    return sealed


def rows_of(found: QuerySet[Any], *, most: int = 0) -> list[Row]:
    """The first of these events by column, in the order of their IDs."""
    columns = sorted(field.attname for field in found.model._meta.concrete_fields)
    rows = found.order_by("pk").values_list(*columns)[: most or MOST_IN_A_SEAL]
    return [dict(zip(columns, row, strict=True)) for row in rows]


def sealed_ids(found: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The IDs of all events of these seals, for a query."""
    unnested = Func("event_ids", function="unnest", output_field=BigIntegerField())
    return found.annotate(event=unnested).values("event")


def _is_due(row: Row) -> bool:
    """Whether an event is old enough; one from the future, which no clock has written, doesn't stop the others."""
    now = timezone.now()
    return not now - SEALED_AFTER <= row["at"] <= now + SEALED_AFTER


def _late(up_to: int, within: timedelta) -> list[Row]:
    """Events that were looked for in vain, as they weren't committed yet when the seals of late were made."""
    since = timezone.now() - within
    before = served_seals().filter(sealed_at__lt=since).order_by("-number").values_list("up_to", flat=True).first()
    found = served_events().filter(pk__gt=BEFORE_ALL if before is None else before, pk__lte=up_to)
    return rows_of(found.exclude(pk__in=sealed_ids(served_seals().filter(sealed_at__gte=since))))


def _statements(kind: SealKind, rows: Sequence[Row], *, up_to: int) -> list[Statement]:
    """One for each category of which there are events."""
    by_category = {name: [row for row in rows if category_of(row) == name] for name in sorted(Category)}
    return [_statement(kind, category, of_it, up_to) for category, of_it in by_category.items() if of_it]


def _statement(kind: SealKind, category: str, rows: Sequence[Row], up_to: int) -> Statement:
    leaves = [leaf_of(row) for row in rows]
    return Statement(
        kind=kind,
        category=category,
        up_to=up_to,
        count=len(rows),
        newest_at=max(row["at"] for row in rows),
        root=root_of(leaves).hex(),
        event_ids=tuple(row["id"] for row in rows),
        leaves=b"".join(leaves),
    )
