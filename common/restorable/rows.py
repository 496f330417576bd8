"""Rows that are put away as JSON, whole, and come back as they were: what was deleted, and may be wanted again.

They are read and written by PostgreSQL itself, so that nothing is lost on the way. Each is kept with the names of its
columns. One that has come with a later release has its default when they come back; a column or table that is gone is
left out: a migration lets the release before it write rows as well, so it renames none. What a row points at may be
gone by then: where it needn't point at anything it points at nothing, and else it isn't there either.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Field, Model, QuerySet

from common.problems import CHANGED_MEANWHILE, Refused

# The rows of one table after the other, each table by its model's label, in the order in which they come back.
KeptRows = list[tuple[str, list[dict[str, Any]]]]


def kept_rows(*found: QuerySet[Any]) -> KeptRows:
    """These rows, by the names of their columns. Lock what they belong to before, so that none is added meanwhile."""
    return [(each.model._meta.label, _read(each)) for each in found]


@contextmanager
def restoring() -> Iterator[None]:
    """A transaction in which rows are brought back.

    Raises `Refused` if somebody else took or removed what they need at the same moment.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused([CHANGED_MEANWHILE]) from error


def bring_back(kept: KeptRows) -> None:
    """Insert these rows again, with their keys, as far as what they need is there. Raises `IntegrityError`."""
    models = {model._meta.label: model for model in apps.get_models()}
    for label, rows in kept:
        if rows and label in models:
            _insert(models[label], rows)


def _read(found: QuerySet[Any]) -> list[dict[str, Any]]:
    statement, parameters = found.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(json_agg(kept), '[]')::text FROM ({statement}) kept", parameters)  # noqa: S608
        read: list[dict[str, Any]] = json.loads(cursor.fetchone()[0])
    return read


def _insert(model: type[Model], rows: list[dict[str, Any]]) -> None:
    fields = [field for field in model._meta.concrete_fields if field.column in rows[0]]
    table, columns = _name(model._meta.db_table), ", ".join(_name(field.column) for field in fields)
    needed = [_is_there(field) for field in fields if field.remote_field and not field.null]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} ({columns}) SELECT {", ".join(map(_value, fields))}
            FROM json_populate_recordset(NULL::{table}, %s::json) kept WHERE {" AND ".join(needed) or "TRUE"}
            """,  # noqa: S608 - names of models alone
            [json.dumps(rows)],
        )


def _value(field: "Field[Any, Any]") -> str:
    column = f"kept.{_name(field.column)}"
    return f"CASE WHEN {_is_there(field)} THEN {column} END" if field.remote_field and field.null else column


def _is_there(field: "Field[Any, Any]") -> str:
    """Whether there is what a foreign key points at."""
    target: Any = field.foreign_related_fields[0]  # type: ignore[attr-defined]
    place = f"{_name(target.model._meta.db_table)} target WHERE target.{_name(target.column)}"
    return f"EXISTS (SELECT FROM {place} = kept.{_name(field.column)})"


def _name(column: str | None) -> str:
    """The name of a column, which each field of a row has, or of a table."""
    return connection.ops.quote_name(str(column))
