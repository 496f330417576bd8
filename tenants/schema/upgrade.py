"""Bringing the database to the migrations on disk: public, the template, then each tenant that lags.

A tenant's row carries the migration state it is at, for whoever serves it. An upgrade asks the record in its schema as
well, which comes along where a schema is put back from a dump. Each tenant is migrated in one transaction of its own:
one that fails stays whole at its old state, is reported, and the others go on.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, ProgrammingError, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

from common.database.caches import announce
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.postgresql.pooling import own_session, refuse_shared_sessions
from tenants.schema.dump import TEMPLATE_SCHEMA, dump_template
from tenants.schema.indexes import make_index, missing_indexes
from tenants.schema.migrator import Migrator
from tenants.schema.roles import ensure_roles

WALLS = Path(__file__).with_name("walls.sql")
ONE_UPGRADE_AT_A_TIME = 0x6369616D
LOCK_TIMEOUT = "5s"
SCHEMAS_A_STATEMENT = 200
# What `migration_state` makes of a record, made there.
_STATE_OF = sql.SQL("""
    SELECT {name}, encode(sha256(convert_to(
        coalesce(string_agg(app || '.' || name, E'\\n' ORDER BY (app || '.' || name) COLLATE "C"), ''), 'UTF8'
    )), 'hex')
    FROM {schema}.django_migrations
""")


@dataclass
class UpgradeReport:
    """What an upgrade did: the schema names moved, those that failed with the reason, and how many were left out."""

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: int = 0


class UnknownRelease(Exception):
    """The database was made by a release whose migrations this one doesn't know; it is left as it is."""


@cache
def migration_state() -> str:
    """The state this release serves: a digest over the names of all migrations on disk."""
    names = sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def is_tried() -> bool:
    """Whether some tenants are at this release's state, and no later one has been at this database."""
    return Tenant.objects.filter(migration_state=migration_state()).exists() and not _unknown_migrations()


def upgrade(report_progress: Callable[[str], None] = lambda line: None, *, only: Collection[str] = ()) -> UpgradeReport:
    """Bring everything up to date as the owner of the database; safe to run at any time, also twice at once.

    `only`: domains of the tenants to be migrated, when a release is tried on some first; without, all that lag.
    Raises `SharedSessions`: before anything is done if the owner reaches the database through such a pool, at the end
    if only the application does. Raises `UnknownRelease` before anything is done.
    """
    is_let_in = _application_is_let_in()
    with _as_owner(report_progress):
        if not _public_is_current():
            _refuse_unknown_release()
            report_progress("Setting up roles and the public schema")
            ensure_roles()
            call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
            _build_walls()
            report_progress("Preparing the template of new tenants")
            _make_template()
        elif not is_let_in:
            report_progress("Setting up roles")
            ensure_roles()
            _build_walls()
        report = _upgrade_tenants(report_progress, only)
    refuse_shared_sessions()
    return report


def _application_is_let_in() -> bool:
    """Whether the application's login works: its role may have come from a dump, without the password."""
    connection.set_schema_to_public()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM tenants_tenant LIMIT 0")
    except (OperationalError, ProgrammingError):
        return False
    return True


@contextmanager
def _as_owner(report_progress: Callable[[str], None]) -> Iterator[None]:
    connection.become_owner()
    connection.set_schema_to_public()
    try:
        refuse_shared_sessions()
        with _one_at_a_time(report_progress):
            yield
    finally:
        connection.resign_owner()


@contextmanager
def _one_at_a_time(report_progress: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of upgrades, in a session of its own: migrating closes Django's connection on the way."""
    holder = own_session()
    try:
        if not holder.execute("SELECT pg_try_advisory_lock(%s)", [ONE_UPGRADE_AT_A_TIME]).fetchone()[0]:
            report_progress("Another upgrade is running; waiting for its end")
            holder.execute("SELECT pg_advisory_lock(%s)", [ONE_UPGRADE_AT_A_TIME])
        yield
    finally:
        holder.close()


def _public_is_current() -> bool:
    """Whether the template of this release and these walls exists: it is made last, so all before it exists too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.tenant_template') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT obj_description('public.tenant_template'::regclass)")
        if cursor.fetchone()[0] != _walls_mark():
            return False
        cursor.execute(
            "SELECT EXISTS (SELECT FROM public.tenant_template WHERE migration_state = %s)", [migration_state()]
        )
        return bool(cursor.fetchone()[0])


def _refuse_unknown_release() -> None:
    """Stop at a database that a later release has made, or one from before 0.1.0, where migrations begin."""
    for app, name in _unknown_migrations():
        raise UnknownRelease(
            f"This database was made by another release: its migration {app}.{name} isn't part of this one. Use that "
            "release or a later one. A database from before release 0.1.0 can't be upgraded: start with a new one."
        )


def _unknown_migrations() -> list[tuple[str, str]]:
    """Those recorded in public, by app and name, that this release doesn't have."""
    on_disk = MigrationLoader(None).disk_migrations
    return sorted(each for each in MigrationRecorder(connection).applied_migrations() if each not in on_disk)


def _walls_mark() -> str:
    """Identifies the walls this release wants, the login's password included (it changes with its secret)."""
    return hashlib.sha256(f"{_walls_sql()}{settings.DATABASE_APPLICATION['PASSWORD']}".encode()).hexdigest()


def _walls_sql() -> str:
    roles = {
        "{control}": settings.DATABASE_CONTROL_ROLE,
        "{tenant}": settings.DATABASE_TENANT_ROLE,
        "{application}": settings.DATABASE_APPLICATION["USER"],
    }
    text = WALLS.read_text(encoding="utf-8")
    for placeholder, role in roles.items():
        text = text.replace(placeholder, connection.ops.quote_name(role))
    return text


def _build_walls() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_walls_sql())


def _make_template() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {TEMPLATE_SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {TEMPLATE_SCHEMA}")
    with schema_context(TEMPLATE_SCHEMA), transaction.atomic():
        Migrator().migrate()
    with transaction.atomic():
        ddl = dump_template()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.tenant_template WHERE migration_state = %s", [migration_state()])
        cursor.execute(
            "INSERT INTO public.tenant_template (migration_state, ddl) VALUES (%s, %s)", [migration_state(), ddl]
        )
        cursor.execute(f"COMMENT ON TABLE public.tenant_template IS '{_walls_mark()}'")


def _upgrade_tenants(report_progress: Callable[[str], None], only: Collection[str]) -> UpgradeReport:
    target = migration_state()
    lagging = _lagging(target)
    chosen = [(schema, slug) for schema, slug in lagging if slug in only] if only else lagging
    report = UpgradeReport(left=len(lagging) - len(chosen))
    migrator = Migrator()
    for schema, slug in chosen:
        try:
            _migrate_tenant(schema, target, migrator)
        except Exception as error:  # noqa: BLE001 - whatever stops one tenant must not stop the others
            report.failed[schema] = f"{type(error).__name__}: {error}"
            report_progress(f"Tenant {slug} ({schema}) failed and stays as it was: {report.failed[schema]}")
        else:
            report.migrated.append(schema)
            report_progress(f"Tenant {slug} migrated ({len(report.migrated)} of {len(chosen)})")
    _make_missing_indexes(report_progress, at=target)
    return report


def _make_missing_indexes(report_progress: Callable[[str], None], *, at: str) -> None:
    """Make the indexes that migrations have left for later, of all tenants that are at the target.

    Whichever can't be made is told, and made by the next upgrade: without it pages are slow, and nothing else.
    """
    slugs = dict(Tenant.objects.filter(migration_state=at).values_list("schema_name", "slug"))
    for schema, model, index in list(missing_indexes(list(slugs))):
        report_progress(f"Making the index {index.name} of tenant {slugs[schema]}, which is in use meanwhile")
        try:
            make_index(schema, model, index)
        except DatabaseError as error:
            report_progress(f"It couldn't be made, which the next upgrade tries again: {error}")


def _lagging(target: str) -> list[tuple[str, str]]:
    """Schema and slug of each tenant whose row, or whose schema's own record of migrations, isn't at the target."""
    tenants = list(Tenant.objects.order_by("created_at").values_list("schema_name", "slug", "migration_state"))
    recorded: dict[str, str] = {}
    for first in range(0, len(tenants), SCHEMAS_A_STATEMENT):
        recorded |= _recorded_states([schema for schema, _, _ in tenants[first : first + SCHEMAS_A_STATEMENT]])
    return [(schema, slug) for schema, slug, state in tenants if {state, recorded.get(schema)} != {target}]


def _recorded_states(schemas: Sequence[str]) -> dict[str, str]:
    """What `migration_state` would be by the record in each of these schemas; nothing of one that has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'django_migrations' AND schemaname = ANY(%s)",
            [list(schemas)],
        )
        each = [
            _STATE_OF.format(name=sql.Literal(schema), schema=sql.Identifier(schema)) for (schema,) in cursor.fetchall()
        ]
        if not each:
            return {}
        cursor.execute(sql.SQL(" UNION ALL ").join(each))
        return dict(cursor.fetchall())


def _migrate_tenant(schema: str, target: str, migrator: Migrator) -> None:
    """Migrate one tenant in one transaction."""
    with schema_context(schema), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [schema])
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        migrator.migrate()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "UPDATE public.tenants_tenant SET migration_state = %s WHERE schema_name = %s", [target, schema]
            )
        announce(get_public_schema_name())
