"""Rows about which two people decide at the same moment: settings, of which a tenant may have none yet, and others."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
_LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(current_schema()))"


def locked_settings(model: type[Row]) -> Row | None:
    """The only row of the model, None where there is none yet. Nobody else gets it until this transaction is over.

    What is judged by it is read afterwards.
    """
    rows: QuerySet[Row] = QuerySet(model).select_for_update()
    found = rows.first()
    if found is None:
        # There's nothing to lock; whoever waited here finds the row that was made meanwhile.
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [model._meta.db_table])
        found = rows.first()
    return found


def keep_from_deletion(row: Model) -> bool:
    """Let nobody delete this row until this transaction is over; others may keep it as well. False if it is gone.

    Whoever deletes a row with all that points at it locks it first (`select_for_update`), then looks what does.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {row._meta.db_table} WHERE id = %s FOR KEY SHARE", [row.pk])
        return bool(cursor.rowcount)
