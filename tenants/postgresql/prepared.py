"""Asking what is prepared, past psycopg's cursors: one of those takes Python longer than PostgreSQL takes to answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import Connection
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from common.database.rows import Parameters, StatementResult, names_of

FAILED = ExecStatus.FATAL_ERROR


class PreparingCursor(ServerBindingCursor):
    """A cursor that has prepared whatever it is given."""

    def _send_query_prepared(self, name: bytes, pgq: Any, *, binary: bool | None = None) -> None:
        # What Django says was asked.
        self._query = pgq
        super()._send_query_prepared(name, pgq, binary=binary)  # type: ignore[misc]


class Prepared:
    """A statement that was prepared for a connection. It is psycopg that remembers so, and may let go of it.

    What turns its parameters into bytes, and its columns into values, is kept: their types are the same each time.
    """

    def __init__(self, connection: "Connection[Any]", query: bytes, order: Sequence[str] | None) -> None:
        self._connection, self._query, self._order = connection, query, order
        self._transformer = Transformer(connection)
        self._names: tuple[str, ...] = ()

    @classmethod
    def by(cls, cursor: Any) -> "Prepared":
        """What a `PreparingCursor` was given last."""
        asked = cursor._query  # noqa: SLF001 - psycopg has no public name
        return cls(cursor.connection, asked.query, asked._order)  # noqa: SLF001

    def ask(self, parameters: Parameters) -> StatementResult | None:
        """What the server answers; None where it has to be prepared anew, or for parameters of other types.

        Raises what psycopg would.
        """
        order = self._order or ()
        given = [parameters[name] for name in order] if isinstance(parameters, Mapping) else parameters
        transformer, remembered = self._transformer, self._connection._prepared  # noqa: SLF001 - has no public name
        values = transformer.dump_sequence(given, [PyFormat.AUTO] * len(given))
        key = self._query, transformer.types or ()
        name = remembered._names.get(key)  # noqa: SLF001
        if name is None or remembered._to_flush:  # noqa: SLF001 - something is to be forgotten first
            return None
        remembered._names.move_to_end(key)  # noqa: SLF001
        with self._connection.lock:
            (result,) = self._connection.wait(self._asking(name, values))
        if result.status == FAILED:
            raise error_from_result(result)
        return self._read(result)

    def _asking(self, name: bytes, values: Sequence[Any]) -> "PQGen[list[PGresult]]":
        yield from self._connection._start_query()  # noqa: SLF001 - begins the transaction, if there is to be one
        server = self._connection.pgconn
        server.send_query_prepared(name, values, param_formats=self._transformer.formats)
        return (yield from execute(server))

    def _read(self, result: PGresult) -> StatementResult:
        if not result.nfields:
            return StatementResult([], (), result.command_tuples or 0)
        self._transformer.set_pgresult(result, set_loaders=not self._names)
        if not self._names:
            self._names = names_of(result)
        return StatementResult(self._transformer.load_rows(0, result.ntuples, tuple), self._names, result.ntuples)
