"""Several writes in one statement: what belongs together costs one way to the database and back."""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

Statement = tuple[str, Sequence[Any]]


def inserting(row: Model, *, replaces: Sequence[str] = ()) -> Statement:
    """The statement that inserts the row. Where its key is taken, the fields in `replaces` get these values instead."""
    meta = type(row)._meta
    fields = list(meta.concrete_fields)
    conflict: dict[str, Any] = {}
    if replaces:
        replaced = [meta.get_field(name) for name in replaces]
        conflict = {"on_conflict": OnConflict.UPDATE, "update_fields": replaced, "unique_fields": [meta.pk]}
    query = InsertQuery(type(row), **conflict)
    query.insert_values(fields, [row])
    ((statement, parameters),) = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return statement, parameters


def updating(rows: QuerySet[Any], **values: Any) -> Statement:
    """The statement that sets these values in the rows."""
    query = rows.query.chain(UpdateQuery)
    query.add_update_values(values)  # type: ignore[attr-defined]
    statement, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return statement, parameters


def write_together(*writes: Statement) -> None:
    """Run them as one statement. They see the same moment and not each other; each row may be written by one alone."""
    *before, (last, last_parameters) = writes
    parts = [f"written{place} AS ({statement})" for place, (statement, _) in enumerate(before)]
    parameters = [value for _, given in before for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} {last}" if parts else last, [*parameters, *last_parameters])
