"""How long a database may leave us without an answer.

A network that loses packets is noticed by the system (`tcp_user_timeout`). What stands in between and goes on
acknowledging them without handing them on, a relay or a pool that hangs, looks like a server that thinks; so whoever
asks has a deadline as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction


class TooSlow(Exception):
    """The database needed longer for a question than it was given."""


@contextmanager
def asking_for_at_most(seconds: float) -> Iterator[None]:
    """Questions that are given up when one of them takes longer. Raises `TooSlow`; nothing that was read is lost."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
            yield
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooSlow from error
        raise


def answer_within(connection: "psycopg.Connection[Any]", seconds: float) -> None:
    """From now on close the connection, and raise `OperationalError`, when an answer takes longer."""
    connection.wait = partial(_wait, connection, connection.wait, seconds)  # type: ignore[method-assign]


def _wait(connection: "psycopg.Connection[Any]", wait: Any, seconds: float, answer: Any, **chosen: Any) -> Any:
    if chosen.get("timeout") is not None:
        # Whoever waits for announcements says how long, and nothing is wrong if there are none.
        return wait(answer, **chosen)
    try:
        return wait(answer, **chosen | {"timeout": seconds})
    except psycopg.OperationalError as error:
        if not isinstance(error, psycopg.errors._WaitTimeout):  # noqa: SLF001 - it has no public name
            raise
        connection.close()
        raise psycopg.OperationalError(f"The database hasn't answered for {seconds:g} seconds") from None
