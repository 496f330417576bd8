"""One template database for each state of the code that makes it, one copy of it for each run.

Migrating and founding the cast's tenants takes seconds, copying the result half of one. A test in a transaction leaves
nothing behind; after one that commits, the copy is made anew.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from common.caches import forget_everything
from tests.environment import ROOT, server

BUILDING = 0x74657374
MAKES_THE_TEMPLATE = (
    "*/migrations/*.py",
    "tenants/schema/*",
    "*/services.py",
    "*/services/*.py",
    "oidc/keys/loaded.py",
    "operations/onboarding.py",
    "tests/cast.py",
)


def prepare(run: str) -> None:
    """Make sure the template exists, and make this run's database from it."""
    template = f"ciam_template_{_state()}"
    with _administration() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [BUILDING])
        if not _exists(cursor, template):
            _build(cursor, template)
        _copy(cursor, template, run)
    connection.settings_dict["NAME"] = run


def restore() -> None:
    """Make the run's database anew, dropping whatever a test committed."""
    run = connection.settings_dict["NAME"]
    connection.close()
    forget_everything()
    with _administration() as cursor:
        _drop(cursor, run)
        _copy(cursor, f"ciam_template_{_state()}", run)


def start_empty() -> None:
    """Make the run's database anew without anything in it, brought up to date as a first start does."""
    from tenants.schema.upgrade import upgrade

    run = connection.settings_dict["NAME"]
    connection.close()
    forget_everything()
    with _administration() as cursor:
        _drop(cursor, run)
        owner = sql.Identifier(settings.DATABASE_OWNER["USER"])
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(run), owner))
    upgrade()


def discard() -> None:
    """Drop the run's database, and stop the server if nobody else uses it."""
    connection.close()
    with _administration() as cursor:
        _drop(cursor, connection.settings_dict["NAME"])
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'ciam%' AND pid <> pg_backend_pid()")
        others = cursor.fetchone()[0]
    if server.started_here and not others:
        server.stop()


def _build(cursor: psycopg.Cursor, template: str) -> None:
    from tenants.schema.upgrade import upgrade
    from tests.cast import found_cast

    unfinished, owner = f"{template}_unfinished", sql.Identifier(settings.DATABASE_OWNER["USER"])
    _drop(cursor, unfinished)
    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(unfinished), owner))
    connection.settings_dict["NAME"] = unfinished
    upgrade()
    found_cast()
    connection.close()
    forget_everything()
    cursor.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(template))
    )


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


def _exists(cursor: psycopg.Cursor, name: str) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [name])
    return bool(cursor.fetchone()[0])


@cache
def _state() -> str:
    digest = hashlib.sha256()
    for pattern in MAKES_THE_TEMPLATE:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + Path(path).read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _administration() -> Iterator[psycopg.Cursor]:
    with psycopg.connect(server.superuser_url(), autocommit=True) as administration:
        yield administration.cursor()
