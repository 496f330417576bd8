from collections.abc import Callable, Iterator

import psycopg
import pytest

from logs.seals import sealing
from tenants.models import Tenant
from tenants.postgresql import connection
from tests.environment import server

Superuser = Callable[[str], None]


@pytest.fixture
def superuser() -> Iterator[Superuser]:
    """Somebody who has the database: whatever statement they like, with {log} and {seals} for acme's tables."""
    with psycopg.connect(server.superuser_url(), dbname=connection.settings_dict["NAME"], autocommit=True) as session:

        def run(statement: str) -> None:
            schema = session.execute("SELECT schema_name FROM public.tenants_tenant WHERE slug = 'acme'").fetchone()
            assert schema is not None
            named = statement.format(log=f"{schema[0]}.audit_event", seals=f"{schema[0]}.logs_seal")
            session.execute(named.encode())

        yield run


@pytest.fixture
def small_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seals of three events and fewer, so that a short log has several."""
    monkeypatch.setattr(sealing, "MOST_IN_A_SEAL", 3)


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event is old enough to be sealed as soon as it has happened."""
    monkeypatch.setattr(sealing, "SEALED_AFTER", sealing.SEALED_AFTER * 0)


@pytest.fixture
def sealed(acme: Tenant, small_seals: None, nobody_waits: None) -> Tenant:
    """acme, with all that has happened there sealed."""
    from tests.logs.events import write_events

    write_events(acme, 10)
    sealing.seal_all_events(acme.schema_name)
    return acme
