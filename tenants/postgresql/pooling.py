"""Whether something between us and PostgreSQL hands its sessions out by the transaction.

Role and search_path belong to the session and are sent only when they change. Behind a pool in transaction mode the
next statement of a connection may reach a session with another tenant's role, so there we don't start.
"""

import secrets
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from tenants.postgresql import connection

ATTEMPTS = 5
SAY = "SELECT set_config('ciam.session', %s, false)"
HEAR = "SELECT current_setting('ciam.session', true)"


class SharedSessions(ImproperlyConfigured):
    """The database is reached through a pool that shares sessions among connections."""

    def __init__(self, login: str) -> None:
        super().__init__(
            f"The connection of {login} goes through a pool that shares PostgreSQL's sessions by transaction or "
            "statement, which would mix tenants. Connect to PostgreSQL itself, or set the pool to session mode "
            "(PgBouncer: pool_mode = session), and start again."
        )


def refuse_shared_sessions() -> None:
    """Make sure that what one connection says to its session no other one hears. Raises `SharedSessions`."""
    ours, other = own_session(), own_session()
    try:
        for _ in range(ATTEMPTS):
            said = secrets.token_urlsafe()
            ours.execute(SAY, [said])
            if other.execute(HEAR).fetchone()[0] == said:
                raise SharedSessions(connection.settings_dict["USER"])
    finally:
        ours.close()
        other.close()


def own_session() -> Any:
    """A session beside Django's, with the login it has now, committing each statement. Close it."""
    with connection.wrap_database_errors:
        fresh = connection.get_new_connection(connection.get_connection_params())
    fresh.autocommit = True
    return fresh
