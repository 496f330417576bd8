"""An upgrade moves what lags, each tenant whole or not at all, and the others go on."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.schema import upgrade as upgrade_module
from tenants.schema.upgrade import migration_state, upgrade
from tests.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lagging(acme: Tenant, globex: Tenant) -> None:
    """Both tenants as an older release left them: without one index, and the migration that makes it unrecorded."""
    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        for tenant in (acme, globex):
            cursor.execute(f"DROP TABLE {tenant.schema_name}.mail_message")
            cursor.execute(f"DELETE FROM {tenant.schema_name}.django_migrations WHERE app = 'mail'")
            cursor.execute("UPDATE tenants_tenant SET migration_state = 'older' WHERE id = %s", [tenant.pk])
    connection.resign_owner()


def state_of(slug: str) -> str:
    with schema_context(PUBLIC):
        return Tenant.objects.get(slug=slug).migration_state


def test_with_nothing_to_do_it_asks_only_a_few_questions(acme: Tenant) -> None:
    with CaptureQueriesContext(connection) as statements:
        report = upgrade()
    assert report.migrated == []
    assert len(statements) <= 10


def test_it_moves_the_tenants_that_lag(lagging: None, acme: Tenant, globex: Tenant) -> None:
    report = upgrade()
    assert set(report.migrated) == {acme.schema_name, globex.schema_name}
    assert state_of("acme") == state_of("globex") == migration_state()
    assert upgrade().migrated == []


def test_for_a_program_the_answer_is_one_line_and_progress_stands_elsewhere(lagging: None) -> None:
    answer, progress = StringIO(), StringIO()
    call_command("upgrade", "--json", stdout=answer, stderr=progress)
    assert json.loads(answer.getvalue()) == {"migrated": 2}
    assert answer.getvalue().count("\n") == 1
    assert "Tenant acme migrated" in progress.getvalue()


def test_a_tenant_that_lags_is_told_to_wait_and_the_others_are_served(
    lagging: None, acme: Tenant, home: Tenant
) -> None:
    assert Browser(acme).get("/").status_code == 503
    assert Browser(home).get("/oidc/jwks/").status_code != 503


def test_r10_a_tenant_whose_migration_fails_stays_as_it_was_and_the_others_go_on(
    lagging: None, acme: Tenant, globex: Tenant
) -> None:
    spoil = f"CREATE TABLE {acme.schema_name}.mail_message (in_the_way int)"
    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute(spoil)
    connection.resign_owner()
    output = StringIO()
    with pytest.raises(CommandError, match="1 tenants could not be migrated"):
        call_command("upgrade", stdout=output)
    assert f"Tenant acme ({acme.schema_name}) failed" in output.getvalue()
    assert state_of("acme") == "older"
    assert state_of("globex") == migration_state()

    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {acme.schema_name}.mail_message")
    connection.resign_owner()
    assert upgrade().migrated == [acme.schema_name]


def test_every_migration_is_atomic() -> None:
    """One that isn't could leave a tenant between two states."""
    for migration in MigrationLoader(None).disk_migrations.values():
        assert isinstance(migration, migrations.Migration)
        assert migration.atomic


def test_a_database_of_a_release_unknown_here_is_left_as_it_is(lagging: None, acme: Tenant) -> None:
    """Made by a later release, or before 0.1.0."""
    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('applications', '0013_later', now())"
        )
        cursor.execute("DELETE FROM tenant_template")
    connection.resign_owner()
    with pytest.raises(CommandError, match=r"applications\.0013_later isn't part of this one"):
        call_command("upgrade")
    assert state_of("acme") == "older"


def test_the_login_of_the_application_is_back_after_an_upgrade_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise LookupError

    monkeypatch.setattr(upgrade_module, "_public_is_current", broken)
    with pytest.raises(LookupError):
        upgrade()
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        assert cursor.fetchone() == ("ciamtest_app",)
