"""What a test commits is undone before the next one, whatever it was."""

from collections.abc import Callable

import pytest

from tenants.models import Tenant
from tenants.postgresql import connection
from tests import database
from tests.rows import Rows, rows_of
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(acme: Tenant) -> None:
    Customer(acme).sign_in("carol@acme.example")


def as_owner(statement: str) -> Callable[[Tenant], None]:
    def do(acme: Tenant) -> None:
        connection.become_owner()
        with connection.cursor() as cursor:
            cursor.execute(statement.format(schema=acme.schema_name, run=connection.settings_dict["NAME"]))
        connection.resign_owner()

    return do


EVERYTHING = [
    sign_in,
    as_owner("UPDATE {schema}.accounts_account SET email = 'eve-' || email"),
    as_owner("DELETE FROM {schema}.audit_event"),
    as_owner("CREATE TABLE {schema}.left_behind (id int)"),
    as_owner("TRUNCATE {schema}.audit_event CASCADE"),
    as_owner("SELECT nextval(pg_get_serial_sequence('{schema}.audit_event', 'id'))"),
    as_owner("ALTER DATABASE {run} SET default_transaction_read_only = on"),
    lambda _: database.start_empty(),
    lambda _: database.start_bare(),
]


def what_there_is() -> Rows:
    with database.seeing_all() as session:
        assert session.execute("SELECT FROM pg_class WHERE relname = 'left_behind'").rowcount == 0
        assert session.execute("SHOW default_transaction_read_only").fetchone() == ("off",)
        rows = rows_of(session)
    return Rows({name: b"".join(sorted(told.splitlines())) for name, told in rows.tables.items()}, rows.counters)


def test_after_each_all_is_as_it_was(acme: Tenant) -> None:
    database.restore()
    before = what_there_is()
    for do in EVERYTHING:
        do(acme)
        database.restore()
        assert what_there_is() == before, do
