"""An upgrade moves what lags, each tenant whole or not at all, and the others go on."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from accounts.models import Account
from audit.services import Actor
from common.database.caches import announce
from mail.models import Message
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.schema import upgrade as upgrade_module
from tenants.schema.upgrade import migration_state, upgrade
from tenants.services import resume_tenant, suspend_tenant
from tests import database
from tests.browser import Browser
from tests.cast import tenant_named
from tests.crowd import at_once
from tests.environment import ROOT, server
from tools.cluster import Server

LATER = ("app", "admin_name", "journey", "reason", "step", "action", "method")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lagging(acme: Tenant, globex: Tenant) -> None:
    """Both tenants as an older release left them: without one index, and the migration that makes it unrecorded."""
    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        for tenant in (acme, globex):
            cursor.execute(f"DROP TABLE {tenant.schema_name}.mail_message, {tenant.schema_name}.mail_ownserver")
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


def test_models_are_composed_once_for_all_tenants_of_a_release(lagging: None, monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[str] = []
    render = ModelState.render

    def noting(state: ModelState, apps: Any) -> Any:
        composed.append(state.name)
        return render(state, apps)

    monkeypatch.setattr(ModelState, "render", noting)
    at_each_line: list[int] = []
    upgrade(lambda line: at_each_line.append(len(composed)))
    [after_one, after_both] = at_each_line
    assert after_one == after_both > 0


def test_an_index_on_a_large_table_is_made_while_customers_go_on_signing_in(acme: Tenant, globex: Tenant) -> None:
    """The migration that brings it leaves it out where there are events, as it would keep everybody from writing."""
    unrecord = "DELETE FROM {}.django_migrations WHERE app = 'audit' AND name >= '0003_questions'"
    undo = ("DROP INDEX {}.audit_event_flow", "CREATE INDEX audit_event_app_failures ON {}.audit_event (id)", unrecord)
    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        for statement in (*undo, *(f"DROP INDEX {{}}.audit_event_{name}" for name in LATER)):
            cursor.execute(statement.format(acme.schema_name))
    connection.resign_owner()
    made: list[tuple[str, bool]] = []

    def noting(run: Any, statement: Any, *rest: Any) -> Any:
        words = str(statement).split()
        if words[:2] == ["CREATE", "INDEX"]:
            made.append((words[2], connection.in_atomic_block))
        return run(statement, *rest)

    with connection.execute_wrapper(noting):
        assert upgrade().migrated == [acme.schema_name]
        assert upgrade().migrated == []
    assert made == [("CONCURRENTLY", False)] * (len(LATER) + 1)


@pytest.fixture
def run_code_below(acme: Tenant, tmp_path: Path) -> Callable[[str], None]:
    """Runs what stands below a heading of the guide on backups, but for our own commands."""
    environment = {
        "PATH": f"{Server(server._known(), disposable=True).binaries}:{os.environ['PATH']}",
        "DATABASE_URL": database.address(),
        "SCHEMA": acme.schema_name,
    }

    def run(heading: str) -> None:
        section = (ROOT / "docs/how-to/back-up-a-tenant.md").read_text().partition(f"\n## {heading}\n")[2]
        code = section.split("```")[1].splitlines()
        theirs = "\n".join(line for line in code if "manage.py" not in line)
        subprocess.run(["bash", "-ec", theirs], check=True, cwd=tmp_path, env=environment)

    return run


def test_a_tenant_put_back_from_an_older_dump_is_migrated_by_its_own_record(
    lagging: None, acme: Tenant, carol: Account, acme_browser: Browser, run_code_below: Callable[[str], None]
) -> None:
    """Its row is of today, as public isn't put back; its schema is of the dump's day, without what came since."""
    run_code_below("One tenant")
    upgrade()
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(email="eve@globex.example")
        Message.objects.create(to="carol@acme.example")
    suspend_tenant(acme, actor=Actor.command())
    run_code_below("Putting one tenant back")
    assert upgrade().migrated == [acme.schema_name]
    resume_tenant(acme, actor=Actor.command())
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).email == "carol@acme.example"
        assert not Message.objects.exists()
    assert acme_browser.get("/sign-up/", follow=True).status_code == 200
    assert upgrade().migrated == []


def test_three_upgrades_at_once_all_end_well_and_one_does_the_work(lagging: None, acme: Tenant, globex: Tenant) -> None:
    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenant_template")
    connection.resign_owner()
    reports = at_once(3, upgrade)
    assert sorted(len(report.migrated) for report in reports) == [0, 0, 2]
    assert [report.failed for report in reports] == [{}] * 3
    assert state_of("acme") == state_of("globex") == migration_state()


@pytest.fixture
def restored(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another server: all is there, and the application's role as `roles.sql` makes it, without a password."""
    name = sql.Identifier(role := f"ciamtest_restored_{os.getpid()}")
    known = {"USER": role, "PASSWORD": "as in the settings"}
    monkeypatch.setattr(settings, "DATABASE_APPLICATION", known)
    for setting, value in known.items():
        monkeypatch.setitem(connection.settings_dict, setting, value)
    connection.close()
    with psycopg.connect(server.superuser_url(), dbname=connection.settings_dict["NAME"], autocommit=True) as superuser:
        superuser.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        owner = sql.Identifier(settings.DATABASE_OWNER["USER"])
        superuser.execute(sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(name, owner))
        superuser.execute(f"COMMENT ON TABLE public.tenant_template IS '{upgrade_module._walls_mark()}'")
        yield
        connection.close()
        superuser.execute(sql.SQL("DROP OWNED BY {}").format(name))
        superuser.execute(sql.SQL("DROP ROLE {}").format(name))


def test_the_application_is_let_in_again_after_a_restore_on_another_server(restored: None) -> None:
    with pytest.raises(OperationalError, match="password authentication failed"):
        state_of("acme")
    upgrade()
    assert state_of("acme") == migration_state()


def test_for_a_program_the_answer_is_one_line_and_progress_stands_elsewhere(lagging: None) -> None:
    answer, progress = StringIO(), StringIO()
    call_command("upgrade", "--json", stdout=answer, stderr=progress)
    assert json.loads(answer.getvalue()) == {"migrated": 2, "left": 0}
    assert answer.getvalue().count("\n") == 1
    assert "Tenant acme migrated" in progress.getvalue()


def readiness() -> tuple[int, str]:
    answer = Browser(tenant_named("home")).get("/readyz")
    return answer.status_code, answer.json()["status"]


def set_state(state: str, *slugs: str) -> None:
    with schema_context(PUBLIC):
        Tenant.objects.filter(slug__in=slugs).update(migration_state=state)
        announce(PUBLIC)


def test_a_release_is_tried_on_one_tenant_first(lagging: None, acme: Tenant, globex: Tenant) -> None:
    set_state("older", "home")
    assert readiness() == (503, "upgrade needed")
    output = StringIO()
    call_command("upgrade", "--only", "ACME", stdout=output)
    assert "Tenant acme migrated (1 of 1)" in output.getvalue()
    assert "1 tenants migrated; 2 wait for an upgrade without --only." in output.getvalue()
    assert (state_of("acme"), state_of("globex"), state_of("home")) == (migration_state(), "older", "older")
    assert readiness() == (200, "ready")
    assert Browser(acme).get("/sign-in/").status_code == 303
    assert Browser(globex).get("/sign-in/").status_code == 503

    call_command("upgrade", stdout=output)
    assert state_of("globex") == state_of("home") == migration_state()


def test_while_a_later_release_is_tried_this_one_stays_ready_until_home_follows(acme: Tenant, home: Tenant) -> None:
    """What lags is left to it then, and the proxy needn't ask it for the rest."""
    later = "INSERT INTO django_migrations (app, name, applied) VALUES ('applications', '0013_later', now())"
    connection.become_owner()
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute(later)
    connection.resign_owner()
    set_state("later", "acme")
    assert readiness() == (200, "ready")
    set_state("later", "home")
    assert readiness() == (503, "upgrade needed")


def test_a_release_is_tried_on_no_tenant_that_there_is_not(lagging: None) -> None:
    with pytest.raises(CommandError, match=r"There is no tenant with the domain “initech”\. Nothing was done\."):
        call_command("upgrade", "--only", "acme", "--only", "initech")
    assert state_of("acme") == "older"


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
