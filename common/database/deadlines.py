"""How long a database may leave us without an answer.

A network that loses packets is noticed by the system (`tcp_user_timeout`). What stands in between and goes on
acknowledging them without handing them on, a relay or a pool that hangs, looks like a server that thinks; so whoever
asks has a deadline as well.
"""

from functools import partial
from typing import Any

import psycopg


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
