"""Rows read at nearly every request, by statements written by hand: composing one costs more than running it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections
from django.db.models import BooleanField, CharField, Field, Model, PositiveSmallIntegerField, TextField, UUIDField
from django.db.models.expressions import DatabaseDefault

Row = TypeVar("Row", bound=Model)
Statement = tuple[str, Sequence[Any]]
Parameters = Sequence[Any] | Mapping[str, Any]
_JSON_HAS = frozenset({BooleanField, CharField, TextField, PositiveSmallIntegerField})
_PLAIN: Mapping[type, type] = {BooleanField: bool, CharField: str, TextField: str, UUIDField: UUID}


class StatementResult(NamedTuple):
    """What a statement has read, with the names of its columns, and the number of rows it has read or written."""

    rows: Sequence[tuple[Any, ...]]
    names: tuple[str, ...]
    number: int

    @property
    def row(self) -> tuple[Any, ...] | None:
        """The first row; None if there is none."""
        return self.rows[0] if self.rows else None


def ask(statement: str, parameters: Parameters) -> StatementResult:
    """Run a statement that is asked again and again; PostgreSQL keeps it prepared once it is familiar.

    It names its columns, and what it is given are its parameters alone.
    """
    answer: StatementResult = cast(Any, connection).ask(statement, parameters)
    return answer


def columns_of(model: type[Model], alias: str = "") -> str:
    """All columns of the model's table, as a statement names them."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f"{prefix}{field.column}" for field in model._meta.concrete_fields)


def read_one(model: type[Row], statement: str, parameters: Sequence[Any], *, besides: Sequence[str] = ()) -> Row | None:
    """The first row of a statement that selects `columns_of` the model.

    Others are left out, but for those named `besides`, which become plain attributes of the row.
    """
    return row_in(model, ask(statement, parameters), besides=besides)


def row_in(model: type[Row], answer: StatementResult, *, besides: Sequence[str] = ()) -> Row | None:
    """The first row of an answer, likewise."""
    row, names = answer.row, answer.names
    if row is None:
        return None
    fields = _fields_of(model, names)
    values = [load(row[place], None, connection) if load else row[place] for _, place, load in fields]
    found = model.from_db(DEFAULT_DB_ALIAS, [name for name, _, _ in fields], values)
    for name in besides:
        setattr(found, name, row[names.index(name)])
    return found


def inserting(row: Model) -> Statement:
    """The statement that inserts a new row, and asks for nothing back: what the database fills in is there alone."""
    fields = [(field, field.pre_save(row, add=True)) for field in type(row)._meta.concrete_fields]
    given = [(field, value) for field, value in fields if not _is_filled_in(field, value)]
    statement = _inserting(type(row), tuple([field.column for field, _ in given]))
    return statement, [_for_database(field, value) for field, value in given]


def insert(row: Model) -> None:
    """Insert a new row, likewise."""
    ask(*inserting(row))
    state = row._state  # noqa: SLF001 - how Django notes it
    state.adding, state.db = False, DEFAULT_DB_ALIAS


def read_json(statement: str) -> Iterator[Any]:
    """The JSON values that a statement selects, one a row."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    # Django has psycopg leave JSON as it is written.
    return (json.loads(text) for (text,) in rows)


def row_from_json(model: type[Row], columns: Mapping[str, Any]) -> Row:
    """The row that `to_jsonb` made these columns of. Those the model doesn't have are left out."""
    fields = [each for each in _json_fields_of(model) if each[0] in columns]
    values = [make(columns[column]) if make else columns[column] for column, _, make in fields]
    return model.from_db(DEFAULT_DB_ALIAS, [name for _, name, _ in fields], values)


def names_of(result: Any) -> tuple[str, ...]:
    """The columns of a result of psycopg's; its own description of them says more, and takes ten times as long."""
    return tuple(result.fname(place).decode() for place in range(result.nfields))


def is_against(error: IntegrityError, constraint: str) -> bool:
    """Whether it is this constraint of the database that a statement has broken."""
    told = getattr(error.__cause__, "diag", None)
    return getattr(told, "constraint_name", None) == constraint


@lru_cache(maxsize=200)
def _fields_of(model: type[Model], names: tuple[str, ...]) -> list[tuple[str, int, Callable[..., Any] | None]]:
    """The fields that have a column of these names: which place it has, and what makes a value of it, such as JSON."""
    fields = [field for field in model._meta.concrete_fields if field.column in names]
    return [(field.attname, names.index(str(field.column)), getattr(field, "from_db_value", None)) for field in fields]


@lru_cache(maxsize=200)
def _json_fields_of(model: type[Model]) -> list[tuple[str, str, Callable[[Any], Any] | None]]:
    """The column of each field, its attribute, and what makes a value of JSON, unless JSON has the value itself."""
    return [
        (str(field.column), field.attname, None if type(field) in _JSON_HAS else field.to_python)
        for field in model._meta.concrete_fields
    ]


def _for_database(field: Field[Any, Any], value: Any) -> Any:
    """What the database is given for a field. Most give the value itself, which Django finds out by five calls."""
    is_plain = type(value) is _PLAIN.get(type(field))
    return value if is_plain else field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


def _is_filled_in(field: Field[Any, Any], value: Any) -> bool:
    return isinstance(value, DatabaseDefault) or (field.primary_key and value is None)


@lru_cache(maxsize=200)
def _inserting(model: type[Model], columns: tuple[str, ...]) -> str:
    named, places = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" ({named}) VALUES ({places})'  # noqa: S608 - names of models
