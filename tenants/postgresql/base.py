import select
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model
from django.utils.asyncio import async_unsafe
from django_tenants.postgresql_backend import base as django_tenants_backend
from django_tenants.utils import get_public_schema_name
from psycopg.pq import TransactionStatus

from common.database import sessions
from common.database.caches import forget_everything
from common.database.deadlines import answer_within
from common.database.rows import Parameters, StatementResult, names_of
from tenants.policies import SCHEMA_NAME
from tenants.postgresql.familiar import MOST_PREPARED, Familiar
from tenants.postgresql.pooling import SharedSessions, refuse_shared_sessions
from tenants.postgresql.prepared import Prepared, PreparingCursor
from tenants.postgresql.times import UtcLoader

PUBLIC = get_public_schema_name()
ANSWERS_WITHIN = 18.0
"""Seconds. The server itself breaks a statement of the application off after 15 (`statement_timeout` of its login)."""

OLDEST = 14
"""The oldest PostgreSQL that is supported. It can be raised only together with the documentation that names it."""
MOST_TENANTS = 70
"""Whom a connection serves before another takes its place. As long as a session lasts, PostgreSQL keeps what it has
read of each tenant's tables: 0.7 MB if its customers sign in and applications refresh tokens (`make bench`), of 70
tenants some 50, beside what is prepared (`MOST_PREPARED`); connecting anew takes some milliseconds."""

LOOKS_AGAIN_AFTER = 3.0
"""Seconds. So often, at most, a process that knows of a pool that mixes sessions up looks whether it still does."""

SWITCH = """SELECT set_config('role', %s, false), set_config('search_path', %s, false)
    WHERE current_setting('ciam.session', true) = %s"""
"""Changes nothing in a session that is somebody else's: then it has no row."""
FIND_AND_SERVE = """SET LOCAL ROLE %s;
    SELECT found.*, session.is_ours, CASE WHEN session.is_ours AND found.schema_name IS NOT NULL
        THEN set_config('role', found.schema_name, false) || set_config('search_path', found.schema_name, false) END
    FROM (SELECT current_setting('ciam.session', true) = %s AS is_ours) session LEFT JOIN ({}) found ON true"""
"""What the first role may read is judged before it gives way to the second. One message is one transaction, with which
the first ends; within a longer one, where no tenant is found, it lasts until the next statement chooses a role."""


class MixedUpSession(OperationalError):
    """The session this connection got isn't the one it began with, or that happened to another one a moment ago."""

    def __init__(self) -> None:
        super().__init__("A pool shares PostgreSQL's sessions among connections, which would mix tenants")


class ServerTooOld(ImproperlyConfigured):
    """The database's PostgreSQL is older than `OLDEST`."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"The database runs PostgreSQL {version // 10_000}.{version % 10_000}, which is too old. "
            f"Use PostgreSQL {OLDEST} or later."
        )


class SchemaEditor(DatabaseSchemaEditor):
    """Django's, but for a second index on each indexed text, by which those are found that begin in some way.

    Such texts are digests, IDs and names here, and are looked up whole. Each index costs a birth half a millisecond.
    """

    def _create_like_index_sql(self, model: type[Model], field: "Field[Any, Any]") -> None:
        """None of them."""


class DatabaseWrapper(django_tenants_backend.DatabaseWrapper):
    """Serves one schema at a time under the role that owns rights there and nowhere else.

    The login role has no rights on tables, so a forgotten switch fails; a tenant's search_path holds its schema alone,
    so a missing table or schema is an error and never somebody else's rows. The server is told only when role and path
    differ from what is in force; behind a pool, also first of all in each request, job and transaction. Each time it is
    made sure that the session is still this connection's own, so no transaction ever runs in somebody else's.
    """

    SchemaEditorClass = SchemaEditor
    settings_dict: dict[str, Any]
    _setting_search_path: bool
    _in_force: tuple[str, str] | None = None
    _setting_tenant = False
    _is_owner = False
    _looked_again = float("-inf")
    _troubles_before = 0
    _application_settings: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._served: set[str] = set()
        self._familiar = Familiar()

    def connect(self) -> None:
        """Begin a session, which knows nobody's tables yet. Raises `MixedUpSession`."""
        if sessions.mixed_up.is_set():
            self._look_again()
        self._troubles_before = sessions.mixed_up.times
        self._served.clear()
        self._familiar = Familiar()
        super().connect()

    def close_if_unusable_or_obsolete(self) -> None:
        """Between requests, and between jobs: close a connection that has served many tenants, or is no good."""
        if not self.in_atomic_block:
            if len(self._served) > MOST_TENANTS or self._was_there_trouble():
                self.close()
            self._distrust()
        super().close_if_unusable_or_obsolete()

    def _set_autocommit(self, autocommit: bool) -> None:
        """Begin or end a transaction."""
        super()._set_autocommit(autocommit)
        if not autocommit:
            self._distrust()

    def _distrust(self) -> None:
        """Behind a pool, ask for role and path anew: only a session that is this connection's own gives them."""
        if self.connection is not None and self.connection.is_pooled:
            self._in_force = None

    @property
    def search_path_set_schemas(self) -> tuple[str, str] | None:
        return self._in_force

    @search_path_set_schemas.setter
    def search_path_set_schemas(self, value: object) -> None:
        # django-tenants empties this when the server may have forgotten the setting (close, rollback, savepoint
        # rollback), which must make us send it again, and at each set_tenant, when nothing was forgotten.
        if not self._setting_tenant:
            self._in_force = None

    def set_tenant(self, tenant: Any, include_public: bool = False) -> None:
        """Serve this tenant from the next statement on. Public is never on a tenant's path."""
        self._setting_tenant = True
        try:
            super().set_tenant(tenant, include_public=False)
        finally:
            self._setting_tenant = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. All but the owner, whose statements may take long, have a deadline for each answer.

        Raises `ServerTooOld`.
        """
        fresh = super().get_new_connection(conn_params)
        version = fresh.info.server_version
        if version < OLDEST * 10_000:
            fresh.close()
            raise ServerTooOld(version)
        if not self._is_owner:
            answer_within(fresh, ANSWERS_WITHIN)
        # Whatever a cursor of `ask` is given is prepared at once; others prepare nothing.
        fresh.prepare_threshold, fresh.prepared_max = 0, MOST_PREPARED
        fresh.adapters.register_loader("timestamptz", UtcLoader)
        fresh.autocommit = True
        fresh.mark, fresh.is_pooled = sessions.mark(fresh), sessions.is_pooled(fresh)
        fresh.autocommit = False
        return fresh

    @async_unsafe
    def ask(self, statement: str, parameters: Parameters) -> StatementResult:
        """Give the server a statement that was written by hand for what is asked again and again, prepared once it is
        familiar.

        It names its columns: the shape of what a prepared statement answers can't change. In `public` a migration may
        change it under a process that still serves, so nothing is prepared there.
        """
        self.close_if_health_check_failed()
        if not self._serves_wanted:
            self.cursor().close()
        schema = self.schema_name
        met = None if schema == PUBLIC else self._familiar.meet(schema, statement)
        if met is None:
            with self.cursor() as cursor:
                return _answer(cursor, statement, parameters)
        if self._was_there_trouble():
            self._refuse()
        # Who listens to what is asked, as tests do, listens to cursors.
        if met.prepared and not self.queries_logged and not self.execute_wrappers:
            self.validate_no_broken_transaction()
            with self.wrap_database_errors:
                answer = met.prepared.ask(parameters)
            if answer:
                return answer
        # What `cursor` looks after besides was looked after.
        with self._prepare_cursor(PreparingCursor(self.connection)) as cursor:  # type: ignore[call-arg]
            answer = _answer(cursor, f"/* {schema} */ {statement}", parameters)
            met.prepared = Prepared.by(cursor.cursor)
        return answer

    @async_unsafe
    def find_and_serve(self, statement: str, parameters: Sequence[Any]) -> StatementResult:
        """The row of a tenant, if there is one, by a statement about `public` that names its tables in full.

        The session then serves that tenant: most who look one up go on there. Otherwise nothing has changed for them:
        before the next statement it serves whichever is chosen, as ever.
        """
        if self._is_owner:
            return self.ask(statement, parameters)
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self._was_there_trouble():
            self._refuse()
        self._in_force, self._setting_search_path = None, True
        try:
            with self.cursor() as cursor:
                given = [settings.DATABASE_CONTROL_ROLE, self.connection.mark, *parameters]
                cursor.execute(FIND_AND_SERVE.format(statement), given)
                cursor.nextset()
                found = _read(cursor)
        finally:
            self._setting_search_path = False
        told = dict(zip(found.names, found.rows[0], strict=True))
        if not told["is_ours"]:
            sessions.mixed_up.set()
            self._refuse()
        schema = told["schema_name"]
        if schema is None:
            return StatementResult([], found.names, 0)
        if SCHEMA_NAME.fullmatch(schema):
            self._in_force = schema, schema
            self._served.add(schema)
        return found

    def is_usable(self) -> bool:
        """Whether the server is still there and listens, asked before a request's first statement.

        A server that restarts closes its connections, which can be heard at the socket without asking it anything. One
        that went without a word is left to `tcp_user_timeout`.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return False
        heard = select.poll()
        heard.register(self.connection.fileno(), select.POLLIN)
        return not heard.poll(0) or super().is_usable()

    def become_owner(self) -> None:
        """Log in as the owner of the database from now on. Only commands that change schemas do this."""
        self.close()
        # A copy: the dictionary is shared with the connections of all threads.
        self._application_settings = self.settings_dict
        self.settings_dict = {**self.settings_dict, **settings.DATABASE_OWNER}
        self._is_owner = True

    def resign_owner(self) -> None:
        """Log in as the application again."""
        self.close()
        self.settings_dict = self._application_settings
        self._is_owner = False

    def _was_there_trouble(self) -> bool:
        return self._troubles_before != sessions.mixed_up.times

    def _look_again(self) -> None:
        """Go on if the pool mixes nothing up any more."""
        if time.monotonic() - DatabaseWrapper._looked_again < LOOKS_AGAIN_AFTER:
            raise MixedUpSession
        DatabaseWrapper._looked_again = time.monotonic()
        try:
            refuse_shared_sessions()
        except SharedSessions as found:
            raise MixedUpSession from found

    def _refuse(self) -> None:
        """Leave a session that may not be ours, and what was read of late."""
        self.close()
        forget_everything()
        raise MixedUpSession

    @property
    def _serves_wanted(self) -> bool:
        """Whether the role and the path in force are the chosen schema's: one leads to the other."""
        return self._in_force is not None and self._in_force[1] == self.schema_name

    def _wanted(self) -> tuple[str, str]:
        """The role and the path that the chosen schema calls for; a schema that isn't ours is an error."""
        schema = self.schema_name
        if self._is_owner:
            return self.settings_dict["USER"], schema
        if schema == PUBLIC:
            return settings.DATABASE_CONTROL_ROLE, schema
        if not SCHEMA_NAME.fullmatch(schema):
            raise ImproperlyConfigured(f"{schema!r} isn't the name of a tenant's schema.")
        return schema, schema

    def _handle_search_path(self, cursor: CursorWrapper | None = None) -> None:
        if self._setting_search_path:
            return
        if self._was_there_trouble():
            self._refuse()
        if self._serves_wanted:
            return
        wanted = self._wanted()
        self._setting_search_path = True
        switching = self.connection.cursor() if cursor is None else cursor
        try:
            # A cursor of psycopg's own, beside one with a name, raises errors of its own.
            with self.wrap_database_errors:
                self._switch(switching, wanted)
        finally:
            self._setting_search_path = False
            if cursor is None:
                switching.close()

    def _switch(self, cursor: CursorWrapper, wanted: tuple[str, str]) -> None:
        try:
            cursor.execute(SWITCH, [*wanted, self.connection.mark])
            is_ours = cursor.rowcount == 1
        except psycopg.errors.InFailedSqlTransaction:
            # The transaction is lost already; Django's own error about it is the one to show.
            self._in_force = None
            return
        if not is_ours:
            sessions.mixed_up.set()
            self._refuse()
        self._in_force = wanted
        self._served.add(wanted[1])


def _answer(cursor: CursorWrapper, statement: str, parameters: Parameters) -> StatementResult:
    cursor.execute(statement, parameters)
    return _read(cursor)


def _read(cursor: CursorWrapper) -> StatementResult:
    result = cursor.pgresult
    if not result.nfields:
        return StatementResult([], (), cursor.rowcount)
    rows = cursor.fetchall()
    return StatementResult(rows, names_of(result), len(rows))
