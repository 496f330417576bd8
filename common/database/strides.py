"""A long order walked along in strides: whether a page fills early, late or never, no answer takes long.

Where a stride ends is told by an index that holds nothing but the order. Who is meant is asked of its rows alone. Once
the time is up, the page says how far it has looked, and the next one goes on from there.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, Model, Q, QuerySet

# A stride takes 5 to 30 ms, by what is asked of each row.
STRIDE = 10_000
SECONDS = 0.08
# What the database would rather do is to read a whole table, for the few rows of which it needs a stride's.
BY_INDEXES = """
    SELECT set_config(way, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) way
"""
Place = list[Any]
"""A row's value in the order and its primary key; a third entry that is true says "and the row itself"."""
Row = TypeVar("Row", bound=Model)


@contextmanager
def by_indexes() -> Iterator[None]:
    """Let the statements of the block look rows up one by one, and never read a table whole."""
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(BY_INDEXES)
        yield


def in_direction(name: str, *, is_reversed: bool) -> tuple[str, str]:
    """The order of the field, then of the primary key, for `order_by`."""
    sign = "-" if is_reversed else ""
    return f"{sign}{name}", f"{sign}pk"


def beyond(name: str, place: Place, *, is_reversed: bool) -> Q:
    """What lies beyond this place. Said so that an index on both columns leads straight to it."""
    direction = "lt" if is_reversed else "gt"
    value, key, *is_included = place
    key_direction = f"{direction}e" if any(is_included) else direction
    further = Q(**{f"{name}__{direction}": value}) | Q(**{f"pk__{key_direction}": key})
    return Q(**{f"{name}__{direction}e": value}) & further


def _from(found: QuerySet[Row], name: str, place: Place | None, *, is_reversed: bool) -> QuerySet[Row]:
    return found.filter(beyond(name, place, is_reversed=is_reversed)) if place else found


def _sorted(listed: QuerySet[Row], name: str, place: Place | None, most: int, *, is_reversed: bool) -> list[Row]:
    """Those beyond the place. Nothing is null, but no index leads by this order: the database would walk along one."""
    value = F(name).desc(nulls_last=True) if is_reversed else F(name).asc(nulls_first=True)
    rest = _from(listed, name, place, is_reversed=is_reversed)
    return list(rest.order_by(value, "-pk" if is_reversed else "pk")[:most])


def _until() -> float:
    return time.monotonic() + SECONDS


@dataclass(frozen=True)
class Walk:
    """The way along an order: all rows of a table whose index holds the field `by` and the primary key.

    That key is the same as of the rows that are meant, and so is the field's value. After `until`, of the monotonic
    clock, no other stride is begun. If those who are meant can be `listed` as well, they are after the first one, or at
    once if they are probably together somewhere.
    """

    along: QuerySet[Any]
    by: str
    listed: QuerySet[Any] | None = None
    is_listed_first: bool = False
    until: float = field(default_factory=_until)

    def find(
        self, found: QuerySet[Row], name: str, place: Place | None, most: int, *, is_reversed: bool
    ) -> tuple[list[Row], Place | None]:
        """So many of `found` at most, beyond the place; and how far it looked, unless to the end."""
        if self.listed is not None and self.is_listed_first:
            return _sorted(self.listed, name, place, most, is_reversed=is_reversed), None
        rows: list[Row] = []
        while True:
            end = self.end(place, is_reversed=is_reversed)
            within = _from(found, name, place, is_reversed=is_reversed)
            if end:
                within = within.filter(beyond(name, [*end, True], is_reversed=not is_reversed))
            rows += within.order_by(*in_direction(name, is_reversed=is_reversed))[: most - len(rows)]
            if len(rows) == most or end is None:
                return rows, None
            if self.listed is not None:
                return rows + _sorted(self.listed, name, end, most - len(rows), is_reversed=is_reversed), None
            if time.monotonic() > self.until:
                return rows, end
            place = end

    def end(self, place: Place | None, *, is_reversed: bool) -> Place | None:
        """The last row of the stride that begins here; None if the order ends before."""
        along = _from(self.along, self.by, place, is_reversed=is_reversed)
        in_order = along.order_by(*in_direction(self.by, is_reversed=is_reversed))
        last = in_order.values_list(self.by, "pk")[STRIDE - 1 : STRIDE].first()
        return list(last) if last else None
