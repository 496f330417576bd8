"""Rows read at nearly every request, by statements written by hand: composing one costs more than running it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def read_one(model: type[Row], statement: str, parameters: Sequence[Any]) -> Row | None:
    """The first row of a statement that selects all columns of the model's table."""
    rows = model._default_manager.raw(statement, parameters)  # noqa: SLF001 - how Django calls a model's manager
    return next(iter(rows), None)


def read_json(statement: str) -> Iterator[Any]:
    """The JSON values that a statement selects, one a row."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    # Django has psycopg leave JSON as it is written.
    return (json.loads(text) for (text,) in rows)


def row_from_json(model: type[Row], columns: Mapping[str, Any]) -> Row:
    """The row that `to_jsonb` made these columns of. Those the model doesn't have are left out."""
    fields = [field for field in model._meta.concrete_fields if field.column in columns]
    values = [field.to_python(columns[str(field.column)]) for field in fields]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)
