import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django_tenants.utils import tenant_context

from audit.services import Actor
from logs.forwarding.description import DestinationDescription
from logs.forwarding.services import create_destination
from logs.models import Destination
from logs.seals import sealing
from tenants.models import Tenant
from tenants.postgresql import connection
from tests.environment import server
from tests.logs.events import write_events
from tests.logs.receivers import Receiver, Syslog, syslog, web_hook
from tests.tls import certificate_for

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
    write_events(acme, 10)
    sealing.seal_all_events(acme.schema_name)
    return acme


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """How a server of localhost speaks TLS, with a certificate that this process trusts."""
    certificate, key = certificate_for(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.fixture
def hook(tls: ssl.SSLContext) -> Iterator[Receiver]:
    with web_hook(tls) as receiver:
        yield receiver


@pytest.fixture
def collector(tls: ssl.SSLContext) -> Iterator[Syslog]:
    with syslog(tls) as receiver:
        yield receiver


@pytest.fixture
def forwarded(sealed: Tenant, hook: Receiver) -> Destination:
    """Where acme's log is forwarded to; nothing has been yet."""
    with tenant_context(sealed):
        description = DestinationDescription("Collector", Destination.Kind.WEB_HOOK, hook.url)
        destination, _ = create_destination(description, actor=Actor.command())
        return destination
