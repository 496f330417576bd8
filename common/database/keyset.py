"""Long lists a page at a time: each page begins after the last row of the one before, however many rows come before it.

Where the next page begins is told by a cursor, which holds that row's place in the order. It is sealed: it may hold an
address, and nobody makes one up.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from common.crypto.encryption import CannotUnseal, seal, unseal

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


class NoSuchPage(Exception):
    """The cursor isn't one of this list."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursors of those that follow and of those before; "" if there are none."""

    rows: list[Row]
    next_cursor: str
    previous_cursor: str = ""


def page_of(
    found: QuerySet[Row], *, by: str, cursor: str = "", size: int = PAGE_SIZE, backwards: bool = False
) -> Page[Row]:
    """The rows behind the cursor, in the order of the field `by` ("-" before it: descending), then of the primary key.

    `backwards`: the rows before it, in the same order. `by` is never null. It may be an annotation, or a field of a row
    that is selected along. Raises `NoSuchPage`.
    """
    name, is_descending = by.removeprefix("-"), by.startswith("-")
    context = f"page of {found.model._meta.label} by {by}"
    is_reversed = is_descending is not backwards
    if cursor:
        found = found.filter(_further(name, is_reversed=is_reversed, place=_opened(cursor, context)))
    sign = "-" if is_reversed else ""
    rows = list(found.order_by(f"{sign}{name}", f"{sign}pk")[: size + 1])
    has_more = len(rows) > size
    rows = rows[:size][::-1] if backwards else rows[:size]
    follows, precedes = (bool(cursor), has_more) if backwards else (has_more, bool(cursor))

    def cursor_at(row: Row) -> str:
        place = [attrgetter(name.replace("__", "."))(row), row.pk]
        return seal(json.dumps(place, default=_written).encode(), context=context)

    return Page(
        rows,
        next_cursor=cursor_at(rows[-1]) if rows and follows else "",
        previous_cursor=cursor_at(rows[0]) if rows and precedes else "",
    )


def _further(name: str, *, is_reversed: bool, place: list[Any]) -> Q:
    """What lies beyond this place. Said so that an index on both columns leads straight to it."""
    direction = "lt" if is_reversed else "gt"
    value, key = place
    further = Q(**{f"{name}__{direction}": value}) | Q(**{f"pk__{direction}": key})
    return Q(**{f"{name}__{direction}e": value}) & further


def _opened(cursor: str, context: str) -> list[Any]:
    try:
        place: list[Any] = json.loads(unseal(cursor, context=context))
    except CannotUnseal as error:
        raise NoSuchPage from error
    return place


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
