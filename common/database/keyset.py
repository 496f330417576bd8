"""Long lists a page at a time: each page begins after the last row of the one before, however many rows come before it.

Where the next page begins is told by a cursor, which holds that row's place in the order. It is sealed: it may hold an
address, and nobody makes one up.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from common.crypto.encryption import CannotUnseal, seal, unseal
from common.database.strides import Place, Walk, beyond, in_direction

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


class NoSuchPage(Exception):
    """The cursor isn't one of this list."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursors of those that follow and of those before; "" if there are none.

    A page that isn't full, though others may follow, has looked as far as `reached`: a value in the order.
    """

    rows: list[Row]
    next_cursor: str
    previous_cursor: str = ""
    reached: Any = None


@dataclass(frozen=True)
class Stretch(Generic[Row]):
    """A part of a list, in an order of its own that `page_of` explains."""

    found: QuerySet[Row]
    by: str
    walk: Walk | None = None

    def page(self, cursor: str = "", size: int = PAGE_SIZE, *, backwards: bool = False) -> Page[Row]:
        """Its rows behind the cursor, or before it. Raises `NoSuchPage`."""
        return page_of(self.found, by=self.by, cursor=cursor, size=size, backwards=backwards, walk=self.walk)

    def has(self, cursor: str) -> bool:
        """Whether the cursor is one of this part."""
        try:
            _opened(cursor, _context(self.found, self.by))
        except NoSuchPage:
            return False
        return True

    def cursor_at(self, row: Row) -> str:
        """The cursor behind which, or before which, the row's neighbours lie."""
        return _sealed(_place_of(row, self.by), _context(self.found, self.by))


def page_of(
    found: QuerySet[Row],
    *,
    by: str,
    cursor: str = "",
    size: int = PAGE_SIZE,
    backwards: bool = False,
    walk: Walk | None = None,
) -> Page[Row]:
    """The rows behind the cursor, in the order of the field `by` ("-" before it: descending), then of the primary key.

    `backwards`: the rows before it, in the same order. `by` is never null. It may be an annotation, or a field of a row
    that is selected along. Where few of an order may be meant, they are looked for by a `walk`. Raises `NoSuchPage`.
    """
    name, is_descending = by.removeprefix("-"), by.startswith("-")
    is_reversed = is_descending is not backwards
    context = _context(found, by)
    place = _opened(cursor, context) if cursor else None
    if walk:
        rows, reached = walk.find(found, name, place, size + 1, is_reversed=is_reversed)
    else:
        further = found.filter(beyond(name, place, is_reversed=is_reversed)) if place else found
        rows, reached = list(further.order_by(*in_direction(name, is_reversed=is_reversed))[: size + 1]), None
    ahead = _place_of(rows[size - 1], by) if len(rows) > size else reached
    behind = (_place_of(rows[0], by) if rows else [*place[:2], True]) if place else None
    ends = [_sealed(behind, context), _sealed(ahead, context)]
    previous_cursor, next_cursor = ends[::-1] if backwards else ends
    rows = rows[:size][::-1] if backwards else rows[:size]
    return Page(rows, next_cursor, previous_cursor, reached=reached and reached[0])


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
    if not more.rows and more.reached is None:
        return page
    if not room:
        # Whoever goes on from here finds no more in this part, and comes to the other one.
        edge = here.cursor_at(page.rows[0 if backwards else -1])
        return replace(page, previous_cursor=edge) if backwards else replace(page, next_cursor=edge)
    if backwards:
        return Page(more.rows + page.rows, page.next_cursor, more.previous_cursor, more.reached)
    return Page(page.rows + more.rows, more.next_cursor, page.previous_cursor, more.reached)


def _context(found: QuerySet[Any], by: str) -> str:
    return f"page of {found.model._meta.label} by {by}"


def _place_of(row: Model, by: str) -> Place:
    return [attrgetter(by.removeprefix("-").replace("__", "."))(row), row.pk]


def _sealed(place: Place | None, context: str) -> str:
    return seal(json.dumps(place, default=_written).encode(), context=context) if place else ""


def _opened(cursor: str, context: str) -> Place:
    try:
        place: Place = json.loads(unseal(cursor, context=context))
    except CannotUnseal as error:
        raise NoSuchPage from error
    return place


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
