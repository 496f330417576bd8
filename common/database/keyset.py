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
    """Some rows of a list, and the cursor of those that follow; "" if these are the last."""

    rows: list[Row]
    next_cursor: str


def page_of(found: QuerySet[Row], *, by: str, cursor: str = "", size: int = PAGE_SIZE) -> Page[Row]:
    """The rows behind the cursor, in the order of the field `by` ("-" before it: descending), then of the primary key.

    `by` is never null. It may be an annotation, or a field of a row that is selected along. Raises `NoSuchPage`.
    """
    name, is_descending = by.removeprefix("-"), by.startswith("-")
    context = f"page of {found.model._meta.label} by {by}"
    if cursor:
        found = found.filter(_behind(name, is_descending=is_descending, place=_opened(cursor, context)))
    rows = list(found.order_by(by, "-pk" if is_descending else "pk")[: size + 1])
    if len(rows) <= size:
        return Page(rows, "")
    last = rows[size - 1]
    place = [attrgetter(name.replace("__", "."))(last), last.pk]
    return Page(rows[:size], seal(json.dumps(place, default=_written).encode(), context=context))


def _behind(name: str, *, is_descending: bool, place: list[Any]) -> Q:
    """What follows this place. Said so that an index on both columns leads straight to it."""
    direction = "lt" if is_descending else "gt"
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
