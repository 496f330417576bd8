"""Whether a connection still has the session of PostgreSQL that it began with.

A pool that hands sessions out by the transaction may be put in between, or be set so, while we run. So each connection
leaves a mark in its session, and looks for it again. Once one has missed its mark, nothing in this process goes to
the database before a look at the pool found nothing (`tenants/postgresql/pooling.py`).
"""

import secrets
from collections.abc import Callable
from threading import Event
from typing import Any

ATTEMPTS = 5
SAY = "SELECT set_config('ciam.session', %s, false)"
HEAR = "SELECT current_setting('ciam.session', true)"


class Trouble(Event):
    """Set as long as it is known. `times` tells a connection whether there was any since it began."""

    times = 0

    def set(self) -> None:
        """Know of it from now on."""
        self.times += 1
        super().set()


mixed_up = Trouble()
"""That a pool mixes the sessions of this process up."""


def mark(connection: Any) -> str:
    """Leave a new mark in the session that an autocommitting psycopg connection has now. Returns it."""
    said = secrets.token_urlsafe()
    connection.execute(SAY, [said])
    return said


def is_pooled(connection: Any) -> bool:
    """Whether a pool stands in between: it tells of a process of PostgreSQL that isn't the one which answers."""
    return bool(connection.execute("SELECT pg_backend_pid()").fetchone()[0] != connection.info.backend_pid)


def has(connection: Any, said: str) -> bool:
    """Whether this mark is in the session that the psycopg connection has now."""
    return bool(connection.execute(HEAR).fetchone()[0] == said)


def are_shared(begin: Callable[[], Any]) -> bool:
    """Whether what one connection says to its session is heard by another. `begin` makes an autocommitting one."""
    ours, other = begin(), begin()
    try:
        return any(has(other, mark(ours)) for _ in range(ATTEMPTS))
    finally:
        ours.close()
        other.close()
