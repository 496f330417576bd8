"""Long lists a page at a time: each page begins after the last row of the one before, however many rows come before it.

Where the next page begins is told by a cursor, which holds that row's place in the order. It is sealed: it may hold an
address, and nobody makes one up.
"""

import json
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Stretch(Generic[Row]):
    """A part of a list, in an order of its own that `page_of` explains."""

    found: QuerySet[Row]
    by: str

    def page(self, cursor: str, size: int, *, backwards: bool) -> Page[Row]:
        """Its rows behind the cursor, or before it. Raises `NoSuchPage`."""
        return page_of(self.found, by=self.by, cursor=cursor, size=size, backwards=backwards)

    def has(self, cursor: str) -> bool:
        """Whether the cursor is one of this part."""
        try:
            _opened(cursor, _context(self.found, self.by))
        except NoSuchPage:
            return False
        return True

    def cursor_at(self, row: Row) -> str:
        """The cursor behind which, or before which, the row's neighbours lie."""
        return _cursor_at(row, self.found, self.by)


def page_of(
    found: QuerySet[Row], *, by: str, cursor: str = "", size: int = PAGE_SIZE, backwards: bool = False
) -> Page[Row]:
    """The rows behind the cursor, in the order of the field `by` ("-" before it: descending), then of the primary key.

    `backwards`: the rows before it, in the same order. `by` is never null. It may be an annotation, or a field of a row
    that is selected along. Raises `NoSuchPage`.
    """
    name, is_descending = by.removeprefix("-"), by.startswith("-")
    is_reversed = is_descending is not backwards
    if cursor:
        found = found.filter(_further(name, is_reversed=is_reversed, place=_opened(cursor, _context(found, by))))
    sign = "-" if is_reversed else ""
    rows = list(found.order_by(f"{sign}{name}", f"{sign}pk")[: size + 1])
    has_more = len(rows) > size
    rows = rows[:size][::-1] if backwards else rows[:size]
    follows, precedes = (bool(cursor), has_more) if backwards else (has_more, bool(cursor))
    return Page(
        rows,
        next_cursor=_cursor_at(rows[-1], found, by) if rows and follows else "",
        previous_cursor=_cursor_at(rows[0], found, by) if rows and precedes else "",
    )


def page_of_both(
    first: Stretch[Row], second: Stretch[Row], *, cursor: str = "", size: int = PAGE_SIZE, backwards: bool = False
) -> Page[Row]:
    """The same of a list of two parts: a page that one doesn't fill goes on in the other. Raises `NoSuchPage`."""
    here, there = (second, first) if backwards else (first, second)
    if cursor and not here.has(cursor):
        return there.page(cursor, size, backwards=backwards)
    page = here.page(cursor, size, backwards=backwards)
    if page.previous_cursor if backwards else page.next_cursor:
        return page
    room = size - len(page.rows)
    more = there.page("", max(room, 1), backwards=backwards)
    if not more.rows:
        return page
    if not room:
        # Whoever goes on from here finds no more in this part, and comes to the other one.
        edge = here.cursor_at(page.rows[0 if backwards else -1])
        return replace(page, previous_cursor=edge) if backwards else replace(page, next_cursor=edge)
    if backwards:
        follows = page.next_cursor or there.cursor_at(more.rows[-1])
        return Page(more.rows + page.rows, follows, more.previous_cursor)
    precedes = page.previous_cursor or (there.cursor_at(more.rows[0]) if cursor else "")
    return Page(page.rows + more.rows, more.next_cursor, precedes)


def _further(name: str, *, is_reversed: bool, place: list[Any]) -> Q:
    """What lies beyond this place. Said so that an index on both columns leads straight to it."""
    direction = "lt" if is_reversed else "gt"
    value, key = place
    further = Q(**{f"{name}__{direction}": value}) | Q(**{f"pk__{direction}": key})
    return Q(**{f"{name}__{direction}e": value}) & further


def _context(found: QuerySet[Any], by: str) -> str:
    return f"page of {found.model._meta.label} by {by}"


def _cursor_at(row: Model, found: QuerySet[Any], by: str) -> str:
    place = [attrgetter(by.removeprefix("-").replace("__", "."))(row), row.pk]
    return seal(json.dumps(place, default=_written).encode(), context=_context(found, by))


def _opened(cursor: str, context: str) -> list[Any]:
    try:
        place: list[Any] = json.loads(unseal(cursor, context=context))
    except CannotUnseal as error:
        raise NoSuchPage from error
    return place


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
