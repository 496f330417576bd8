"""What a connection has been asked often for a tenant is prepared, and stays that tenant's (docs/decisions/0047)."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
from django.db import DEFAULT_DB_ALIAS, DataError, ProgrammingError, connection, connections, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from audit.models import Event
from common.database.rows import ask, columns_of, inserting, read_one
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql.familiar import MET_BEFORE, MOST_PREPARED, Familiar
from userflows.models import Journey

pytestmark = pytest.mark.django_db
ID = uuid4()
OLDEST = f"SELECT {columns_of(Account)} FROM accounts_account WHERE email LIKE %s ORDER BY created_at LIMIT 1"


@pytest.fixture(autouse=True)
def _knows_nothing_yet(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    run("DEALLOCATE ALL")
    served = connections[DEFAULT_DB_ALIAS]
    monkeypatch.setattr(served, "_familiar", Familiar())
    monkeypatch.setattr(served.connection, "_prepared", type(served.connection._prepared)())
    served.connection.prepare_threshold, served.connection.prepared_max = 0, MOST_PREPARED
    yield
    run("DEALLOCATE ALL")


def run(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def prepared() -> list[str]:
    return [str(text) for (text,) in run("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")]


def oldest(like: str = "%") -> str:
    account = read_one(Account, OLDEST, [like])
    return account.email if account else ""


def test_t09_one_text_for_two_tenants_reads_each_ones_own_rows(acme: Tenant, globex: Tenant, eve: Account) -> None:
    for _ in range(2 * MET_BEFORE):
        for tenant, at in ((acme, "@acme.example"), (globex, "@globex.example")):
            with tenant_context(tenant):
                assert oldest().endswith(at)
    assert sorted(text.partition(" */")[0] for text in prepared()) == sorted(
        f"/* {tenant.schema_name}" for tenant in (acme, globex)
    )


def test_t26_a_prepared_statement_has_no_more_rights_than_its_tenant(acme: Tenant, globex: Tenant) -> None:
    elsewhere = f"SELECT count(*) FROM {globex.schema_name}.accounts_account WHERE email <> %s"
    for _ in range(2 * MET_BEFORE):
        with tenant_context(globex):
            ask(elsewhere, [""])
    for _ in range(2 * MET_BEFORE):
        with tenant_context(acme), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            ask(elsewhere, [""])


def test_only_what_is_asked_often_is_prepared(acme: Tenant) -> None:
    with tenant_context(acme):
        for _ in range(MET_BEFORE):
            oldest()
        assert prepared() == []
        oldest("carol%")
        assert len(prepared()) == 1
        assert oldest("nobody%") == ""
        assert len(prepared()) == 1


def test_a_connection_remembers_no_more_than_it_may_prepare() -> None:
    familiar = Familiar()
    for _ in range(MET_BEFORE):
        familiar.meet("t_one", "SELECT 1")
    assert familiar.meet("t_one", "SELECT 1")
    assert not familiar.meet("t_other", "SELECT 1")
    for number in range(MOST_PREPARED):
        familiar.meet("t_one", f"SELECT {number + 2}")
    assert not familiar.meet("t_one", "SELECT 1")


def test_nothing_of_the_installation_is_prepared_whose_tables_change_under_older_processes(acme: Tenant) -> None:
    statement = f"SELECT {columns_of(Tenant)} FROM tenants_tenant WHERE slug = %s"
    for _ in range(2 * MET_BEFORE):
        with schema_context(PUBLIC):
            found = read_one(Tenant, statement, ["acme"])
            assert found is not None
            assert found.pk == acme.pk
    assert prepared() == []


COUNTED = "SELECT count(*), %(note)s::text AS note FROM accounts_account WHERE email LIKE %(like)s"


def familiar_with(statement: str, parameters: Any) -> None:
    for _ in range(MET_BEFORE + 1):
        ask(statement, parameters)


def test_what_is_prepared_answers_like_any_cursor(acme: Tenant, eve: Account) -> None:
    with tenant_context(acme):
        for statement, parameters in ((OLDEST, ["%"]), (COUNTED, {"like": "%", "note": "ä"})):
            familiar_with(statement, parameters)
            with CaptureQueriesContext(connection):
                by_cursor = ask(statement, parameters)
            assert ask(statement, parameters) == by_cursor
        assert ask(COUNTED, {"note": None, "like": "nobody%"}) == ([(0, None)], ("count", "note"), 1)
        assert ask(OLDEST, ["nobody%"]).row is None


def test_what_is_prepared_says_how_many_rows_it_has_written(acme: Tenant) -> None:
    unblock = "UPDATE accounts_account SET is_active = true WHERE email LIKE %s"
    with tenant_context(acme):
        familiar_with(unblock, ["%"])
        assert ask(unblock, ["%"]) == ([], (), Account.objects.count())
        assert ask(unblock, ["nobody%"]).number == 0


def test_what_is_prepared_fails_as_any_statement_and_is_prepared_anew_after_a_rollback(acme: Tenant) -> None:
    divide = "SELECT 1 / count(*) FROM accounts_account WHERE email LIKE %s"
    with tenant_context(acme):
        familiar_with(divide, ["%"])
        with transaction.atomic():
            with pytest.raises(DataError, match="division by zero"), transaction.atomic():
                ask(divide, ["nobody%"])
            assert ask(divide, ["%"]).row is not None
        with transaction.atomic():
            transaction.set_rollback(True)
            with pytest.raises(TransactionManagementError):
                ask(divide, ["%"])
            transaction.set_rollback(False)


def test_parameters_of_another_type_are_another_statement(acme: Tenant) -> None:
    later = "SELECT count(*) FROM accounts_account WHERE length(email) > %s"
    with tenant_context(acme):
        familiar_with(later, [1])
        assert ask(later, [1]).row == ask(later, [0]).row
        assert ask(later, [100_000]).row == (0,)
        assert ask(later, [10**12]).row == (0,)


@pytest.mark.parametrize(
    "row",
    [
        Event(
            action="a",
            actor_kind="customer",
            actor_name=cast(str, gettext_lazy("Save")),
            ip="192.0.2.1",
            account_id=str(ID),
        ),
        Journey(user_flow_id=ID, purpose=Journey.Purpose.RESET, typed={"a": 1}, expires_at=timezone.now(), stays=True),
    ],
)
def test_a_row_is_inserted_with_what_django_would_give_the_database(row: Event | Journey) -> None:
    statement, given = inserting(row)
    named = statement.partition("(")[2].partition(")")[0].replace('"', "").split(", ")
    fields = {str(field.column): field for field in type(row)._meta.concrete_fields}
    of_django = [fields[name].get_db_prep_save(getattr(row, fields[name].attname), connection) for name in named]
    assert [(type(value), str(value)) for value in given] == [(type(value), str(value)) for value in of_django]
