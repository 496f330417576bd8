"""A pool that shares PostgreSQL's sessions would mix tenants, so the product doesn't start behind one (T-35)."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ciam_portal import middleware
from tenants.models import Tenant
from tenants.postgresql import pooling
from tenants.postgresql.pooling import SharedSessions, refuse_shared_sessions
from tests.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
CONFIGURATION = """
[databases]
{NAME} = host={HOST} port={PORT} user={USER} password={PASSWORD}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {pool_port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
ignore_startup_parameters = options, extra_float_digits
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    with socket.socket() as probe:
        while probe.connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < deadline, "PgBouncer doesn't answer"
            time.sleep(0.02)


@contextmanager
def pgbouncer(mode: str) -> Iterator[int]:
    """A PgBouncer in front of this run's database. Yields its port."""
    if PGBOUNCER is None:
        pytest.skip("PgBouncer isn't here: apt-get install pgbouncer")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as folder:
        file = Path(folder, "pgbouncer.ini")
        file.write_text(CONFIGURATION.format(pool_port=port, mode=mode, **connection.settings_dict))
        # It refuses to run as root, and another account then has to reach its file.
        Path(folder).chmod(0o755)
        process = subprocess.Popen([PGBOUNCER, "--quiet", file], user="nobody" if os.geteuid() == 0 else None)
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait()


@pytest.fixture
def behind_pgbouncer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts the application behind a PgBouncer in this mode."""
    with ExitStack() as cleanup:

        def put(mode: str) -> None:
            port = cleanup.enter_context(pgbouncer(mode))
            connection.close()
            monkeypatch.setitem(connection.settings_dict, "PORT", str(port))
            cleanup.callback(connection.close)

        yield put


def test_t35_a_pool_by_transaction_is_refused(behind_pgbouncer: Callable[[str], None]) -> None:
    behind_pgbouncer("transaction")
    with pytest.raises(SharedSessions, match="pool_mode = session"):
        refuse_shared_sessions()


def test_t35_a_pool_by_session_will_do(behind_pgbouncer: Callable[[str], None]) -> None:
    behind_pgbouncer("session")
    refuse_shared_sessions()


@pytest.fixture
def one_for_all(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever connects hears what others have said to their session."""
    at = connection.settings_dict
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user=at["USER"], password=at["PASSWORD"], autocommit=True
    ) as one_session:
        monkeypatch.setattr(pooling, "own_session", lambda: one_session)
        yield


def test_t35_the_upgrade_at_a_start_says_what_to_do(one_for_all: None) -> None:
    with pytest.raises(CommandError, match="Connect to PostgreSQL itself"):
        call_command("upgrade")


def test_t35_a_pool_that_was_set_so_after_the_start_takes_the_process_out_of_service(
    one_for_all: None, home: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "_pool", middleware._Pool())
    answer = Browser(home).get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "the database's pool shares sessions")


def test_t35_postgresql_itself_will_do() -> None:
    refuse_shared_sessions()
