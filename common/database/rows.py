"""Rows read at nearly every request, by statements written by hand: composing one costs more than running it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection
from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)


def read_one(model: type[Row], statement: str, parameters: Sequence[Any], *, besides: Sequence[str] = ()) -> Row | None:
    """The first row of a statement that selects all columns of the model's table.

    Others are left out, but for those named `besides`, which become plain attributes of the row.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    if row is None:
        return None
    columns = dict(zip(names, row, strict=True))
    found = _row(model, columns, _as_loaded)
    for name in besides:
        setattr(found, name, columns[name])
    return found


def read_json(statement: str) -> Iterator[Any]:
    """The JSON values that a statement selects, one a row."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    # Django has psycopg leave JSON as it is written.
    return (json.loads(text) for (text,) in rows)


def row_from_json(model: type[Row], columns: Mapping[str, Any]) -> Row:
    """The row that `to_jsonb` made these columns of. Those the model doesn't have are left out."""
    return _row(model, columns, lambda field, value: field.to_python(value))


def is_against(error: IntegrityError, constraint: str) -> bool:
    """Whether it is this constraint of the database that a statement has broken."""
    told = getattr(error.__cause__, "diag", None)
    return getattr(told, "constraint_name", None) == constraint


def _row(model: type[Row], columns: Mapping[str, Any], convert: Callable[[Field[Any, Any], Any], Any]) -> Row:
    fields = [field for field in model._meta.concrete_fields if field.column in columns]
    values = [convert(field, columns[str(field.column)]) for field in fields]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


def _as_loaded(field: Field[Any, Any], value: Any) -> Any:
    """The value as the field makes it of what the database sends: JSON, of text."""
    load = getattr(field, "from_db_value", None)
    return load(value, None, connection) if load else value
