"""A release's installation, written to a file on the day of the release and made again from it on any later one."""

import hashlib
import inspect
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import schema_context
from psycopg import sql

from common.database.caches import forget_everything
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.schema import indexes
from tenants.schema import upgrade as upgrade_module
from tenants.schema.upgrade import migration_state, upgrade
from tests import database
from tests.environment import ROOT, server

SESSION_COOKIE = "session_acme"
FOLDER = Path(__file__).parent
ROLES_IN_USE = 0x726F6C65
# What an upgrade, or the founding of a tenant, writes by itself; and counters, which nobody misses.
NOT_KEPT = {"django_migrations", "tenant_template", "counted_attempts"}

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
TIMES = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = %s AND data_type = 'timestamp with time zone' AND table_name = ANY(%s)
"""
COUNTED_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = %s AND is_identity = 'YES' AND table_name = ANY(%s)
"""

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Installation:
    """What a release left: its migrations (`app.name`, with the digest of the file where it is ours), the rows by
    schema and table, and what its people and applications hold (`held`: secrets and tokens by what they are for)."""

    release: str
    recorded_at: str
    migrations: dict[str, str]
    rows: dict[str, Rows]
    held: dict[str, str]


def releases() -> list[str]:
    """Those whose installation is kept here, the oldest first."""
    return sorted((path.stem for path in FOLDER.glob("*.json")), key=lambda name: [*map(int, name.split("."))])


def installation_of(release: str) -> Installation:
    return Installation(**json.loads((FOLDER / f"{release}.json").read_text()))


def record_installation(release: str, *, held: dict[str, str]) -> None:
    """Write down the run's database as this release's."""
    installation = Installation(release, datetime.now(UTC).isoformat(), migrations_on_disk(), rows_now(), held)
    (FOLDER / f"{release}.json").write_text(json.dumps(asdict(installation), indent=1, ensure_ascii=False) + "\n")


def rows_now() -> dict[str, Rows]:
    """All that the run's database holds."""
    with schema_context(PUBLIC):
        schemas = [PUBLIC, *Tenant.objects.order_by("created_at").values_list("schema_name", flat=True)]
    with _superuser() as cursor:
        return {schema: _rows_of(cursor, schema) for schema in schemas}


def migrations_on_disk() -> dict[str, str]:
    """All migrations by `app.name`, with the digest of each file of ours; "" for one of a library."""
    found = {}
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        path = Path(inspect.getfile(type(migration)))
        is_ours = path.is_relative_to(ROOT) and ".venv" not in path.parts
        found[f"{app}.{name}"] = hashlib.sha256(path.read_bytes()).hexdigest() if is_ours else ""
    return found


@contextmanager
def made_again(installation: Installation) -> Iterator[None]:
    """Have the run's database be the release's, with its days moved up to today.

    The tenants' roles belong to the whole server, so one run at a time has them.
    """
    with psycopg.connect(server.superuser_url(), autocommit=True) as others:
        others.execute("SELECT pg_advisory_lock(%s)", [ROLES_IN_USE])
        _make_again(installation)
        yield
        database.restore()


def _make_again(installation: Installation) -> None:
    with _only(installation.migrations):
        database.start_bare()
        upgrade()
        for tenant in installation.rows[PUBLIC]["tenants_tenant"]:
            _found(tenant)
    age = datetime.now(UTC) - datetime.fromisoformat(installation.recorded_at)
    with _superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for schema, tables in installation.rows.items():
            _fill(cursor, schema, tables)
            for table, column in cursor.execute(TIMES, [schema, list(tables)]).fetchall():
                move = sql.SQL("UPDATE {} SET {column} = {column} + %s").format(
                    sql.Identifier(schema, table), column=sql.Identifier(column)
                )
                cursor.execute(move, [age])
    forget_everything()


@contextmanager
def _only(migrations: dict[str, str]) -> Iterator[None]:
    """Let no others be on disk."""
    load_disk = MigrationLoader.load_disk

    def load_some(loader: Any) -> None:
        load_disk(loader)
        kept = {key: found for key, found in loader.disk_migrations.items() if ".".join(key) in migrations}
        loader.disk_migrations = kept

    _forget_what_is_on_disk()
    walls_of_today = upgrade_module._walls_sql
    with (
        patch.object(MigrationLoader, "load_disk", load_some),
        # Else each field is made anew from its description for every step of every migration, which takes half of the
        # time. The upgrade from here on, which is what is tested, does that.
        patch.object(models.Field, "clone", deepcopy),
        patch.object(upgrade_module, "_walls_sql", lambda: _without_later_tables(walls_of_today())),
    ):
        yield
    _forget_what_is_on_disk()


def _forget_what_is_on_disk() -> None:
    migration_state.cache_clear()
    indexes._made_later.cache_clear()


def _without_later_tables(walls: str) -> str:
    """Today's rights, but for tables that the release doesn't have."""
    with _superuser() as cursor:
        there = {name for (name,) in cursor.execute(TABLES, [PUBLIC]).fetchall()}
    for name in set(re.findall(r"\bpublic\.(\w+)", walls)) - there:
        walls = re.sub(
            rf"\bpublic\.{name},\s*|^GRANT [^;]* ON public\.{name} TO [^;]*;\n", "", walls, flags=re.MULTILINE
        )
    return walls


def _found(tenant: dict[str, Any]) -> None:
    with _superuser() as cursor:
        cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(tenant["schema_name"])))
    connection.become_owner()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.found_tenant(%(id)s, %(schema_name)s, %(slug)s, %(name)s, '', %(is_home)s, %(state)s)",
            {**tenant, "state": migration_state()},
        )
    connection.resign_owner()


def _rows_of(cursor: psycopg.Cursor, schema: str) -> Rows:
    tables = [name for (name,) in cursor.execute(TABLES, [schema]).fetchall() if name not in NOT_KEPT]
    read = sql.SQL("SELECT COALESCE(json_agg(kept), '[]') FROM {} kept")
    rows = {table: cursor.execute(read.format(sql.Identifier(schema, table))).fetchone() for table in tables}
    return {table: found[0] for table, found in rows.items() if found and found[0]}


def _fill(cursor: psycopg.Cursor, schema: str, tables: Rows) -> None:
    for table, rows in tables.items():
        name = sql.Identifier(schema, table)
        cursor.execute(sql.SQL("DELETE FROM {}").format(name))
        cursor.execute(
            sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, %s)").format(name),
            [json.dumps(rows)],
        )
    for table, column in cursor.execute(COUNTED_COLUMNS, [schema, list(tables)]).fetchall():
        cursor.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence(%s, %s), max({})) FROM {}").format(
                sql.Identifier(column), sql.Identifier(schema, table)
            ),
            [f'{schema}."{table}"', column],
        )


@contextmanager
def _superuser() -> Iterator[psycopg.Cursor]:
    """At the run's database, past every wall."""
    url = server.superuser_url()
    with psycopg.connect(url, dbname=connection.settings_dict["NAME"], autocommit=True) as administration:
        yield administration.cursor()
