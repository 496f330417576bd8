"""Questions that may turn out long: the database breaks them off after so many seconds, and the page says so."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

SECONDS = 2


class TookTooLong(Exception):
    """The database was asked for more than it could tell in time."""


@contextmanager
def brief(seconds: float = SECONDS) -> Iterator[None]:
    """Break off each statement of the block that takes longer. Raises `TookTooLong`; the block only reads."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from error
        raise
