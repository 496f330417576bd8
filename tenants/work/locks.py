"""Work that one process of the installation does at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django_tenants.utils import schema_context

from tenants.lookup import PUBLIC
from tenants.postgresql import connection


@contextmanager
def alone(number: int) -> Iterator[bool]:
    """Whether this process is the only one at what has this number; PostgreSQL lets go of it if the process dies."""
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with schema_context(PUBLIC), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
