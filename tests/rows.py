"""Putting the rows back that tests have changed: half of what it takes to copy the files of a database, or less.

PostgreSQL counts what is written to each table, also what is taken back, and a session that ends has told all it knows.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

# What a session of the database still has to tell is told when it has ended.
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = """
    SELECT relnamespace::regnamespace::text, relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
"""
WRITTEN = """
    SELECT relnamespace::regnamespace::text, relname FROM pg_class
    WHERE relkind = 'r' AND NOT relisshared
    AND pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid) + pg_stat_get_tuples_deleted(oid) > 0
"""
COUNTERS = "SELECT seqrelid::regclass::text, pg_sequence_last_value(seqrelid), seqstart FROM pg_sequence"
SETTINGS = """
    SELECT FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = current_database()
"""

Name = tuple[str, str]


@dataclass(frozen=True)
class Rows:
    """The rows of each table that has some, by schema and name, as COPY writes them; and how far counters were."""

    tables: dict[Name, bytes]
    counters: dict[str, int | None]


def rows_of(session: psycopg.Connection) -> Rows:
    """What there is."""
    tables = {name: _read(session, name) for name in session.execute(TABLES).fetchall()}
    return Rows(
        {name: rows for name, rows in tables.items() if rows},
        {name: last for name, last, _ in session.execute(COUNTERS).fetchall()},
    )


def put_back(session: psycopg.Connection, rows: Rows) -> bool:
    """Make it so again. Whether that was enough: where more than rows has changed, nothing is done.

    Everybody else's sessions with this database are ended. `session` is a superuser's that commits each statement.
    """
    session.execute(END_OTHERS)
    written = session.execute(WRITTEN).fetchall()
    counters = session.execute(COUNTERS).fetchall()
    is_another = {name for name, _, _ in counters} != rows.counters.keys()
    if is_another or session.execute(SETTINGS).rowcount or any(schema == "pg_catalog" for schema, _ in written):
        return False
    with session.transaction():
        # Neither triggers nor references: what comes back was whole.
        session.execute("SET LOCAL session_replication_role = replica")
        for name in written:
            _write(session, name, rows.tables.get(name))
        for name, last, first in counters:
            kept = rows.counters[name]
            if last != kept:
                session.execute("SELECT setval(%s, %s, %s)", [name, first if kept is None else kept, kept is not None])
        session.execute("SELECT pg_stat_force_next_flush()")
    session.execute("SELECT pg_stat_reset()")
    return True


def _read(session: psycopg.Connection, name: Name) -> bytes:
    if not session.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(*name))).rowcount:
        return b""
    with session.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*name))) as copy:
        return b"".join(bytes(block) for block in copy)


def _write(session: psycopg.Connection, name: Name, rows: bytes | None) -> None:
    session.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*name)))
    if rows:
        with session.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*name))) as copy:
            copy.write(rows)
