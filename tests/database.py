"""Two templates, and one copy of the second for each run.

The first is an installation without anybody, made anew when the migrations change: migrating takes most of the time.
The second is a copy of it in which the cast was founded, made anew when the product or the cast changes. A test in a
transaction leaves nothing behind; after one that commits, the rows that it changed are put back (`tests.rows`), and if
it changed more than rows, the run's copy is made anew: in a tenth of a second where the server's files lie in memory,
in one to three elsewhere.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.db import transaction
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from common.database.caches import forget_everything
from tenants.postgresql import connection
from tests.environment import ROOT, server
from tests.rows import Rows, put_back, rows_of

BUILDING = 0x74657374
KEPT = 4
"""So many templates of each kind stay: going to and fro between two states of the code stays quick."""
_rows: list[Rows] = []
"""What the template with the cast holds, once it is known."""

MIGRATES = (
    "*/migrations/*.py",
    "tenants/schema/*",
    "tenants/postgresql/*",
    "ciam_portal/settings.py",
    "requirements.txt",
)
FOUNDS = ("tests/cast.py", *(f"{door.parent.name}/**/*.py" for door in ROOT.glob("*/__init__.py")))
FOUNDS_NOTHING = re.compile(
    r"(bench|tools|portal|commands)/|tests/(?!cast\.py)|.*\b(views|forms|urls|management|templatetags)\b"
)
"""What is no part of the product, or only answers requests."""


def prepare(run: str) -> None:
    """Make sure the templates exist, and make this run's database from the second."""
    with _built() as cursor:
        _copy(cursor, _with_cast(), run)
    # By the socket a statement costs a third less than by a port; other processes get `address`.
    connection.settings_dict |= {"NAME": run, "HOST": str(server.sockets)}


def address() -> str:
    """The owner's URL of the run's database, for another process."""
    return f"{server.connection_url().rpartition('/')[0]}/{connection.settings_dict['NAME']}"


def build() -> None:
    """Make sure the templates exist, for others who will want them."""
    with _built():
        pass


@contextmanager
def _built() -> Iterator[psycopg.Cursor]:
    """While the templates exist and nobody else makes or copies one."""
    with _administration() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [BUILDING])
        # Whoever asks for an empty database later wants the first, too.
        if not _exists(cursor, _migrated()):
            _build(cursor, _migrated(), None)
        if not _exists(cursor, _with_cast()):
            _build(cursor, _with_cast(), _migrated())
        yield cursor


def restore() -> None:
    """Undo whatever a test committed: put the rows back, or make the run's database anew where that isn't enough."""
    connection.close()
    forget_everything()
    if not _rows:
        _start_from(_with_cast())
        with seeing_all() as session:
            _rows.append(rows_of(session))
        return
    with seeing_all() as session:
        is_as_it_was = put_back(session, _rows[0])
    if not is_as_it_was:
        _start_from(_with_cast())


def start_empty() -> None:
    """Make the run's database anew, as a first start leaves it: brought up to date, without anybody."""
    _start_from(_migrated())


def start_bare() -> None:
    """Make the run's database anew without a table, for whoever migrates it in a way of their own."""
    _start_from(None)


def _start_from(template: str | None) -> None:
    run = connection.settings_dict["NAME"]
    connection.close()
    forget_everything()
    with _administration() as cursor:
        _drop(cursor, run)
        if template:
            _copy(cursor, template, run)
        else:
            _create(cursor, run)


@contextmanager
def made_once(blocker: DjangoDbBlocker) -> Iterator[None]:
    """For a fixture of a module: what is made inside is there in each of its tests, and undone after the last.

    The tests' own transactions are savepoints in this one, so it is nothing for tests that commit.
    """
    with blocker.unblock():
        connection.set_schema_to_public()
        made = transaction.atomic()
        # As Django marks a test's own, which its transactions aren't part of: see `tests.stand_ins`.
        made._from_testcase = True  # type: ignore[attr-defined]
        with made:
            yield
            transaction.set_rollback(True)
        forget_everything()
        connection.set_schema_to_public()


def seen_by_superuser(query: LiteralString) -> list[tuple[Any, ...]]:
    """What the run's database holds, past every wall: committed rows only."""
    with seeing_all() as superuser:
        return superuser.execute(query).fetchall()


def held_sessions() -> list[tuple[Any, ...]]:
    """What the sessions of the run's database do that aren't idle: other runs are at the server besides, and its own
    helpers.
    """
    return seen_by_superuser(
        "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend' AND state <> 'idle'"
    )


def discard() -> None:
    """Drop the run's database."""
    connection.close()
    with _administration() as cursor:
        _drop(cursor, connection.settings_dict["NAME"])


def _build(cursor: psycopg.Cursor, template: str, origin: str | None) -> None:
    """Make a template: an installation without anybody, or the cast in a copy of one."""
    unfinished = f"{template}_unfinished"
    _drop(cursor, unfinished)
    if origin:
        _copy(cursor, origin, unfinished)
    else:
        _create(cursor, unfinished)
    connection.settings_dict["NAME"] = unfinished
    if origin:
        from tests.cast import found_cast

        found_cast()
    else:
        from tenants.schema.upgrade import upgrade

        upgrade()
    connection.close()
    forget_everything()
    cursor.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(template))
    )
    _drop_old(cursor, template.rpartition("_")[0])


def _create(cursor: psycopg.Cursor, name: str) -> None:
    owner = sql.Identifier(settings.DATABASE_OWNER["USER"])
    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), owner))


def _copy(cursor: psycopg.Cursor, template: str, name: str) -> None:
    cursor.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY OWNER {}").format(
            sql.Identifier(name), sql.Identifier(template), sql.Identifier(settings.DATABASE_OWNER["USER"])
        )
    )
    cursor.execute(
        sql.SQL("REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO {1}").format(
            sql.Identifier(name), sql.Identifier(settings.DATABASE_APPLICATION["USER"])
        )
    )


def _drop(cursor: psycopg.Cursor, name: str) -> None:
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_old(cursor: psycopg.Cursor, kind: str) -> None:
    """Drop all but the newest templates of a kind."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC OFFSET %s", [f"{kind}\\_%", KEPT]
    )
    for (name,) in cursor.fetchall():
        _drop(cursor, name)


def _exists(cursor: psycopg.Cursor, name: str) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [name])
    return cursor.fetchone() == (True,)


@cache
def _migrated() -> str:
    """The name of the template in which nobody is."""
    return f"ciam_migrated_{_digest(_files(MIGRATES))}"


@cache
def _with_cast() -> str:
    """The name of the template in which the cast is."""
    founding = (path for path in _files(FOUNDS) if not FOUNDS_NOTHING.match(str(path.relative_to(ROOT))))
    return f"ciam_cast_{_digest([*_files(MIGRATES), *founding])}"


def _files(patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()})


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def seeing_all() -> Iterator[psycopg.Connection]:
    """At the run's database, each statement committed."""
    run = connection.settings_dict["NAME"]
    with psycopg.connect(server.superuser_url(), dbname=run, host=str(server.sockets), autocommit=True) as superuser:
        yield superuser


@contextmanager
def _administration() -> Iterator[psycopg.Cursor]:
    with psycopg.connect(server.superuser_url(), autocommit=True) as administration:
        yield administration.cursor()
