"""A tenant is born whole or not at all."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from audit.services import Actor
from operations.onboarding import onboard_tenant
from tenants.errors import DomainTaken
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.schema.dump import TEMPLATE_SCHEMA
from userflows.models import UserFlow

COMMAND = Actor.command()

NAMES_OF_RELATIONS = """
    SELECT c.relname, c.relkind::text FROM pg_class c
    WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'i', 'S')
"""
NAMES_OF_CONSTRAINTS = """
    SELECT c.relname, k.conname, replace(pg_get_constraintdef(k.oid), %s || '.', '')
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = %s::regnamespace
"""
COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, is_identity,
           replace(column_default, %s || '.', '')
    FROM information_schema.columns WHERE table_schema = %s
"""
BEGINNINGS = """
    SELECT short.indexrelid::regclass::text, long.indexrelid::regclass::text
    FROM pg_index short JOIN pg_class t ON t.oid = short.indrelid JOIN pg_am am ON am.amname = 'btree'
        JOIN pg_class s ON s.oid = short.indexrelid AND s.relam = am.oid
        JOIN pg_index long ON long.indrelid = short.indrelid AND long.indexrelid <> short.indexrelid
        JOIN pg_class l ON l.oid = long.indexrelid AND l.relam = am.oid
    WHERE t.relnamespace = %s::regnamespace AND NOT short.indisunique
        AND short.indpred IS NULL AND short.indexprs IS NULL AND long.indpred IS NULL
        AND long.indkey::text || ' ' LIKE short.indkey::text || ' %%'
"""
INDEXES = "SELECT indexname, replace(indexdef, %s || '.', '') FROM pg_indexes WHERE schemaname = %s"


def shape(schema: str) -> list[set[tuple[object, ...]]]:
    """Everything that migrations address by name, read as the owner sees it."""
    parts = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', 'pg_catalog', true)")
        for query, parameters in (
            (NAMES_OF_RELATIONS, [schema]),
            (NAMES_OF_CONSTRAINTS, [schema, schema]),
            (COLUMNS, [schema, schema]),
            (INDEXES, [schema, schema]),
        ):
            cursor.execute(query, parameters)
            parts.append({tuple(row) for row in cursor.fetchall()})
    return parts


def leftovers(schema: str) -> tuple[bool, bool]:
    """Whether a schema and a role of this name exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %(s)s), "
            "EXISTS (SELECT FROM pg_roles WHERE rolname = %(s)s)",
            {"s": schema},
        )
        row = cursor.fetchone()
    return row[0], row[1]


@pytest.mark.django_db(transaction=True)
def test_a_founded_schema_equals_the_migrated_one_name_by_name(acme: Tenant) -> None:
    connection.become_owner()
    try:
        with transaction.atomic():
            migrated, founded = shape(TEMPLATE_SCHEMA), shape(acme.schema_name)
    finally:
        connection.resign_owner()
    assert len(migrated[0]) > 50
    for part_of_migrated, part_of_founded in zip(migrated, founded, strict=True):
        assert part_of_founded == part_of_migrated
    assert not any(TEMPLATE_SCHEMA in str(row) for part in founded for row in part)


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another_one(acme: Tenant) -> None:
    """Each costs every birth, and every row. A foreign key that begins another index has `db_index=False`."""
    with tenant_context(acme), connection.cursor() as cursor:
        cursor.execute(BEGINNINGS, [acme.schema_name])
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_a_new_tenant_works_at_once(home: Tenant) -> None:
    tenant = onboard_tenant(name="Initech", slug="Initech ", actor=COMMAND)
    assert tenant.slug == "initech"
    with tenant_context(tenant):
        assert UserFlow.objects.get(is_default=True).allows_sign_up


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["", "a b", "a-b", "ümlaut", "a" * 27, "admin", "www", "oidc", "x'; DROP"])
def test_p15_p17_a_domain_that_isnt_allowed_is_refused_with_a_reason(slug: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        onboard_tenant(name="Any", slug=slug, actor=COMMAND)
    assert "slug" in refusal.value.message_dict


@pytest.mark.django_db
def test_p15_a_name_may_be_anything_a_person_types(home: Tenant) -> None:
    name = """Robert'); DROP SCHEMA "public"; -- ☃ <script> ..\\/"""
    assert onboard_tenant(name=name, slug="bobby", actor=COMMAND).name == name


@pytest.mark.django_db(transaction=True)
def test_r14_t33_of_twenty_founders_of_one_domain_one_wins_and_the_others_are_told(acme: Tenant) -> None:
    def found(_: int) -> str:
        try:
            return onboard_tenant(name="Initech", slug="initech", actor=COMMAND).schema_name
        except DomainTaken as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as founders:
        answers = list(founders.map(found, range(20)))
    winners = [answer for answer in answers if answer.startswith("t_")]
    assert len(winners) == 1
    assert answers.count("The domain “initech” is taken. Choose another one.") == 19
    with schema_context(PUBLIC):
        assert Tenant.objects.filter(slug="initech").count() == 1


FOUNDER = """
import django
django.setup()
from tenants.postgresql import connection
connection.settings_dict["NAME"] = {database!r}
from audit.services import Actor
from operations.onboarding import onboard_tenant
print("ready", flush=True)
onboard_tenant(name="Doomed", slug={slug!r}, actor=Actor.command())
print("done", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after_milliseconds", [5, 20, 40, 60, 80, 110])
def test_r01_kill_9_at_any_moment_leaves_no_half_tenant(acme: Tenant, after_milliseconds: int) -> None:
    slug = f"doomed{uuid4().hex[:8]}"
    script = FOUNDER.format(database=connection.settings_dict["NAME"], slug=slug)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'")
        schemas_before = {name for (name,) in cursor.fetchall()}
    founder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert founder.stdout is not None
    assert founder.stdout.readline() == "ready\n"
    time.sleep(after_milliseconds / 1000)
    founder.kill()
    founder.communicate()
    with schema_context(PUBLIC):
        tenant = wait_for_the_backend(slug)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'")
            new_schemas = {name for (name,) in cursor.fetchall()} - schemas_before
    if tenant is None:
        assert new_schemas == set()
    else:
        # It had committed before it was killed: then it is whole.
        assert new_schemas == {tenant.schema_name}
        assert leftovers(tenant.schema_name) == (True, True)
        with tenant_context(tenant):
            assert UserFlow.objects.filter(is_default=True).exists()


def wait_for_the_backend(slug: str) -> Tenant | None:
    """The killed client's backend may finish its statement first; then it rolls back."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                break
        time.sleep(0.05)
    return Tenant.objects.filter(slug=slug).first()
