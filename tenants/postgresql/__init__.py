"""The wall at the database: a connection takes a tenant's role and search_path together."""

from typing import TYPE_CHECKING, cast

from django.db import connection as _connection

from common.database.caches import announce

if TYPE_CHECKING:
    from tenants.postgresql.base import DatabaseWrapper

# Django's connection, by the type it has here.
connection = cast("DatabaseWrapper", _connection)


def current_schema() -> str:
    """The schema being served: a tenant's, or `public`."""
    return connection.schema_name


def announce_change() -> None:
    """Tell all processes, when the current transaction commits, that something in the current schema has changed."""
    announce(current_schema())
