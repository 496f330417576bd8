"""Whether something between us and PostgreSQL hands its sessions out by the transaction.

Role and search_path belong to the session and are sent only when they change. Behind a pool in transaction mode the
next statement of a connection may reach a session with another tenant's role, so there we don't start, and stop
serving if it becomes one.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from common.database.sessions import are_shared, mixed_up
from tenants.postgresql import connection


class SharedSessions(ImproperlyConfigured):
    """The database is reached through a pool that shares sessions among connections."""

    def __init__(self, login: str) -> None:
        super().__init__(
            f"The connection of {login} goes through a pool that shares PostgreSQL's sessions by transaction or "
            "statement, which would mix tenants. Connect to PostgreSQL itself, or set the pool to session mode "
            "(PgBouncer: pool_mode = session), and start again."
        )


def refuse_shared_sessions() -> None:
    """Make sure that what one connection says to its session no other one hears; if so, this process serves (again).

    Raises `SharedSessions`; from then on it doesn't.
    """
    if are_shared(own_session):
        mixed_up.set()
        raise SharedSessions(connection.settings_dict["USER"])
    mixed_up.clear()


def own_session() -> Any:
    """A session beside Django's, with the login it has now, committing each statement. Close it."""
    with connection.wrap_database_errors:
        fresh = connection.get_new_connection(connection.get_connection_params())
    fresh.autocommit = True
    return fresh
