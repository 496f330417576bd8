"""What hot paths know of the tenant being served, kept in the process until something of it changes.

Each `KnownPart` is an SQL expression of one JSON value, written by hand, and what Python makes of it. Whichever part is
asked for first, one statement reads it with all others that aren't known and are needed as widely: a tenant that nobody
asked for lately costs one, where Django would compose a dozen. What takes PostgreSQL its time is each table that it
hasn't met, so a service's token looks at none that only customers' tokens or pages need
(docs/decisions/0085-a-cold-tenant-costs-two-statements.md).
"""

import json
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import Any, Generic, LiteralString, TypeVar

from common.database.caches import ProcessCache
from tenants.postgresql import connection, current_schema

Value = TypeVar("Value")


class NeededBy(IntEnum):
    """What can't do without a part; what comes later needs all that comes before, too."""

    SERVICES = 1
    CUSTOMERS = 2
    PAGES = 3


class KnownPart(Generic[Value]):
    """One thing to know of a tenant or, with `of_client`, of each of its applications, by client ID.

    The expression of the latter finds its application by `%(client_id)s`. `make` gets the JSON value, None included,
    and may raise; what it refuses isn't kept. `needed_by` says from where on it is needed.
    """

    def __init__(
        self,
        expression: LiteralString,
        make: Callable[[Any], Value],
        *,
        of_client: bool = False,
        needed_by: NeededBy = NeededBy.SERVICES,
    ) -> None:
        self.expression, self.make = expression, make
        self.of_client, self.needed_by = of_client, needed_by
        _parts.append(self)

    def get(self, client_id: str = "") -> Value:
        """The value for the tenant being served. Raises what `make` raises."""
        known = _known.get(current_schema(), (self, client_id), lambda: _read(self, client_id))
        value: Value = known.value
        return value


class _Known:
    """What a part's expression came to, and what is made of it as soon as somebody asks."""

    __slots__ = ("_unmade", "_value")

    def __init__(self, text: str | None, make: Callable[[Any], Any]) -> None:
        # One attribute: another thread that makes the value meanwhile leaves us both of it or nothing.
        self._unmade: tuple[str | None, Callable[[Any], Any]] | None = (text, make)
        self._value: Any = None

    @property
    def value(self) -> Any:
        if (unmade := self._unmade) is not None:
            text, make = unmade
            self._value = make(None if text is None else json.loads(text))
            self._unmade = None
        return self._value


_parts: list[KnownPart[Any]] = []
_known: ProcessCache[_Known] = ProcessCache()


def _read(part: KnownPart[Any], client_id: str) -> _Known:
    """The part, read along with others, which are kept."""
    schema, generation = current_schema(), _known.generation
    others = _unknown(schema, but=part) if _known.keeps else []
    found, *known_by_the_way = _read_together((part, *others), client_id)
    for other, known in zip(others, known_by_the_way, strict=True):
        _known.keep(schema, (other, ""), known, generation=generation)
    # Made at once, so that what is refused isn't kept: strangers can name as many applications as they like.
    _ = found.value
    return found


def _unknown(schema: str, *, but: KnownPart[Any]) -> list[KnownPart[Any]]:
    """What is read along: of the tenant, since what is to be known of an application is one part."""
    return [
        part
        for part in _parts
        if part is not but
        and not part.of_client
        and part.needed_by <= but.needed_by
        and _known.peek(schema, (part, "")) is None
    ]


def _read_together(parts: tuple[KnownPart[Any], ...], client_id: str) -> list[_Known]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(parts), {"client_id": client_id})
        texts = cursor.fetchone()
    return [_Known(text, part.make) for part, text in zip(parts, texts, strict=True)]


@lru_cache(maxsize=100)
def _statement(parts: tuple[KnownPart[Any], ...]) -> str:
    return f"SELECT {', '.join(f'({part.expression})' for part in parts)}"
