"""The wall at the database: a connection takes a tenant's role and search_path together."""

from typing import TYPE_CHECKING, cast

from django.db import connection as _connection

if TYPE_CHECKING:
    from tenants.postgresql.base import DatabaseWrapper

# Django's connection, by the type it has here.
connection = cast("DatabaseWrapper", _connection)
