"""What the database itself keeps apart (docs/reference/attacks.md, where it is about rows)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.signals import request_finished
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django_tenants.utils import get_public_schema_name, schema_context, tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tenants.postgresql import base

pytestmark = pytest.mark.django_db


def run(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture
def emails() -> Callable[[Tenant], set[str]]:
    def of(tenant: Tenant) -> set[str]:
        with tenant_context(tenant):
            return set(Account.objects.values_list("email", flat=True))

    return of


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM public.tenants_tenant",
        "SELECT * FROM public.tenants_membership",
        "SELECT * FROM public.tenant_template",
        "SELECT * FROM public.counted_attempts",
        "INSERT INTO public.tenants_membership (id) VALUES (gen_random_uuid())",
        "SELECT public.found_tenant(null, null, null, null, null, null, null)",
        "SELECT public.purge_tenant(null)",
        "SELECT * FROM pg_authid",
        "CREATE TABLE mine ()",
        "DELETE FROM django_migrations",
        "UPDATE audit_event SET action = ''",
        "DELETE FROM audit_event",
        "SELECT public.prune_events(current_schema(), 'activity', now() - interval '1 year', 1)",
        "DELETE FROM public.django_tasks_database_dbtaskresult",
        "SET ROLE ciam",
    ],
)
def test_t26_a_tenants_role_reaches_nothing_but_its_rows(acme: Tenant, statement: str) -> None:
    with tenant_context(acme), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(statement)


def test_t26_a_tenants_role_cannot_read_another_schema(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(f"SELECT * FROM {globex.schema_name}.accounts_account")


def test_t26_a_tenant_sees_only_its_own_jobs(acme: Tenant) -> None:
    assert run("SELECT rolname FROM pg_roles WHERE rolname = current_user") == [("ciamtest_control",)]
    with tenant_context(acme):
        assert run("SELECT DISTINCT tenant FROM public.django_tasks_database_dbtaskresult") in (
            [],
            [(acme.schema_name,)],
        )


def test_a_forgotten_switch_reaches_nothing() -> None:
    """The login itself has no right on any table."""
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run("RESET ROLE; SELECT * FROM public.tenants_tenant")


def test_t23_a_missing_schema_is_an_error_and_never_somebody_elses_rows() -> None:
    with (
        schema_context("t_aaaaaaaaaaaaaaaaaaaa"),
        pytest.raises(DatabaseError, match="does not exist"),
        transaction.atomic(),
    ):
        Account.objects.count()


def test_t24_a_missing_table_is_an_error_and_never_publics(acme: Tenant) -> None:
    with tenant_context(acme), pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        run("SELECT * FROM tenants_tenant")


def test_no_table_name_stands_in_public_and_in_a_tenant(acme: Tenant) -> None:
    with schema_context(get_public_schema_name()):
        shared = run(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            f"INTERSECT SELECT tablename FROM pg_tables WHERE schemaname = '{acme.schema_name}'"
        )
    # The name of the table of migrations is fixed by Django; public is on no tenant's path.
    assert shared == [("django_migrations",)]


def test_no_foreign_key_crosses_schemas() -> None:
    crossing = run(
        "SELECT conname FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid "
        "JOIN pg_class b ON b.oid = k.confrelid WHERE contype = 'f' AND a.relnamespace <> b.relnamespace"
    )
    assert crossing == []


def test_t08_a_rollback_leaves_role_and_path_right(
    acme: Tenant, globex: Tenant, emails: Callable[[Tenant], set[str]]
) -> None:
    with tenant_context(acme):
        assert "carol@acme.example" in emails(acme)
        try:
            with transaction.atomic(), tenant_context(globex):
                assert emails(globex) == {"eve@globex.example"}
                raise LookupError
        except LookupError:
            pass
        assert run("SELECT current_user, current_schema()") == [(acme.schema_name, acme.schema_name)]
        assert "carol@acme.example" in emails(acme)


def test_a_server_side_cursor_reads_the_right_tenant(acme: Tenant, globex: Tenant) -> None:
    with transaction.atomic():
        for tenant, email in ((acme, "carol@acme.example"), (globex, "eve@globex.example"), (acme, "dan@acme.example")):
            with tenant_context(tenant):
                assert email in {account.email for account in Account.objects.iterator(chunk_size=1)}


@pytest.mark.django_db(transaction=True)
def test_t09_threads_that_take_turns_between_tenants_never_meet_each_others_rows(acme: Tenant, globex: Tenant) -> None:
    canaries = {acme: "carol@acme.example", globex: "eve@globex.example"}

    def probe(number: int) -> bool:
        tenant, other = (acme, globex) if number % 2 else (globex, acme)
        with tenant_context(tenant):
            found = set(Account.objects.values_list("email", flat=True))
        if number % 7 == 0:
            connection.close()
        return canaries[tenant] in found and canaries[other] not in found

    def probes(start: int) -> list[bool]:
        try:
            return [probe(number) for number in range(start, start + 50)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        results = [result for batch in threads.map(probes, range(8)) for result in batch]
    assert len(results) == 400
    assert all(results)


def test_a_connection_that_has_served_many_tenants_gives_way_to_another_between_requests(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL keeps what it has read of each tenant's tables as long as a session lasts."""
    monkeypatch.setattr(base, "MOST_TENANTS", 1)
    # As in service; tests keep none from one request to the next.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 300)

    def request(*tenants: Tenant) -> list[tuple[object, ...]]:
        """The server's processes that serve it: one, whomever it looks at."""
        served = []
        for tenant in tenants:
            with tenant_context(tenant):
                served += run("SELECT pg_backend_pid()")
        request_finished.send(sender=None)
        return served

    def requests() -> list[list[tuple[object, ...]]]:
        try:
            return [request(acme), request(acme), request(acme, globex, acme), request(acme), request(acme)]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        first, second, last_of_its, *following = thread.submit(requests).result()
    assert {*first, *second} == {*last_of_its}
    assert len({*following[0], *following[1]} | {*first}) == 2


@pytest.mark.parametrize(
    "name",
    [
        "public",
        "pg_x",
        "information_schema",
        "A B",
        "../x",
        "a:b",
        't_"; DROP',
        "t_AAAAAAAAAAAAAAAAAAAA",
        "t_a",
        "x" * 64,
    ],
)
def test_t25_p16_no_other_schema_name_gets_into_a_row(name: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        run(
            "INSERT INTO tenants_tenant (id, schema_name, slug, name, country, is_home, state, migration_state) "
            f"VALUES (gen_random_uuid(), '{name}', 'hostile', 'x', '', false, 'active', '')"
        )
