"""A pool that shares sessions would mix tenants: the product neither starts nor serves behind one (T-35)."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import close_old_connections, transaction
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context
from psycopg import ClientCursor

from accounts.models import Group
from ciam_portal import middleware
from common.database import caches, sessions
from tenants import lookup
from tenants.models import Tenant
from tenants.postgresql import base, connection, pooling
from tenants.postgresql.base import DatabaseWrapper, MixedUpSession
from tenants.postgresql.pooling import SharedSessions, own_session, refuse_shared_sessions
from tests.browser import Browser
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
CONFIGURATION = """
[databases]
{NAME} = host=127.0.0.1 port={PORT} user={USER} password={PASSWORD}
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


@pytest.fixture(autouse=True)
def knows_of_no_pool(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test has this process notice, the next one begins without it."""
    monkeypatch.setattr(DatabaseWrapper, "_looked_again", float("-inf"))
    yield
    sessions.mixed_up.clear()
    connection.close()


@pytest.fixture
def behind_pgbouncer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts the application behind a PgBouncer in this mode, and keeps its connections from request to request."""
    itself = connection.settings_dict["PORT"]
    with ExitStack() as cleanup:

        def put(mode: str) -> None:
            monkeypatch.setitem(connection.settings_dict, "PORT", itself)
            port = cleanup.enter_context(pgbouncer(mode))
            connection.close()
            monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
            monkeypatch.setitem(connection.settings_dict, "PORT", str(port))
            monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
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


def test_t35_a_tenant_found_over_a_session_of_somebody_elses_changes_nothing_there(acme: Tenant) -> None:
    """Neither its role nor its path; and whoever asked there goes no further."""
    with own_session() as theirs:
        before = theirs.execute("SELECT current_user, current_setting('search_path')").fetchone()
        connection.ensure_connection()
        ours = connection.connection
        statement = lookup._BY_NAME["slug"]
        for mark in ("nobody's", ours.mark):
            given = [settings.DATABASE_CONTROL_ROLE, mark, "acme"]
            asked = ClientCursor(theirs).execute(base.FIND_AND_SERVE.format(statement), given)
            asked.nextset()
            assert asked.fetchone()
            assert theirs.execute("SELECT current_user, current_setting('search_path')").fetchone() == before
    caches.forget_everything()
    ours.mark = "another's"
    with pytest.raises(MixedUpSession):
        lookup.tenant_by_slug("acme")


@contextmanager
def another_thread_of(tenant: Tenant) -> Iterator[DatabaseWrapper]:
    """The connection of another thread of this process, which serves this tenant."""
    theirs = cast(DatabaseWrapper, connection.copy())
    theirs.set_tenant(tenant)
    with theirs.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_group")
    try:
        yield theirs
    finally:
        theirs.close()


def groups_of(tenant: Tenant) -> list[str]:
    with tenant_context(tenant):
        return list(Group.objects.order_by("name").values_list("name", flat=True))


def times_told(tenant: Tenant) -> int:
    """How often role and path are told in a request that reads and then writes, each the first thing it does."""
    connection.set_tenant(tenant)
    Group.objects.count()
    close_old_connections()
    with CaptureQueriesContext(connection) as asked:
        Group.objects.count()
        with transaction.atomic():
            Group.objects.count()
    return sum("set_config" in query["sql"] for query in asked)


def test_where_no_pool_stands_in_between_the_session_is_trusted(
    behind_pgbouncer: Callable[[str], None], acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To ask each time costs a statement a request and a transaction, which nobody has to pay for nothing."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    connection.close()
    assert times_told(acme) == 0
    behind_pgbouncer("session")
    assert times_told(acme) == 2


def test_t35_in_a_pool_set_so_after_the_start_nobody_writes_into_another_tenant(
    behind_pgbouncer: Callable[[str], None], acme: Tenant, globex: Tenant
) -> None:
    """The pool has one session, which took globex's role after it had taken acme's."""
    behind_pgbouncer("transaction")
    connection.set_tenant(acme)
    assert Group.objects.count() == 0
    with another_thread_of(globex), pytest.raises(MixedUpSession), transaction.atomic():
        Group.objects.create(name="Readers")

    behind_pgbouncer("session")
    sessions.mixed_up.clear()
    assert groups_of(acme) == groups_of(globex) == []


def test_t35_in_a_pool_set_so_after_the_start_no_request_reads_from_another_tenant(
    behind_pgbouncer: Callable[[str], None], home: Tenant, globex: Tenant, acme: Tenant, acme_browser: Browser
) -> None:
    assert acme_browser.get("/sign-up/", follow=True).status_code == 200
    behind_pgbouncer("transaction")
    connection.set_tenant(acme)
    assert Group.objects.count() == 0
    with another_thread_of(globex) as theirs:
        # As each request begins.
        close_old_connections()
        # It is noticed before any view; there Django's client tells the test what the browser doesn't hear of.
        acme_browser.raise_request_exception = False
        assert acme_browser.get("/sign-up/", follow=True).status_code == 503
        # Once one has noticed, the others ask nothing more either, in the middle of what they do.
        with pytest.raises(MixedUpSession), theirs.cursor():
            pass
        assert Browser(home).get("/readyz").json()["status"] == "the database's pool shares sessions"


def test_t35_a_process_serves_again_when_the_pool_is_mended(
    behind_pgbouncer: Callable[[str], None], acme_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "LOOKS_AGAIN_AFTER", 0.0)
    behind_pgbouncer("transaction")
    sessions.mixed_up.set()
    for _ in range(2):
        assert acme_browser.get("/sign-up/", follow=True).status_code == 503

    behind_pgbouncer("session")
    assert acme_browser.get("/sign-up/", follow=True).status_code == 200


def test_t35_a_process_that_is_asked_nothing_notices_by_the_connection_that_announces(
    behind_pgbouncer: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for patience in ("LOOK_UP_EVERY", "ASK_EVERY", "RECONNECT_AFTER"):
        monkeypatch.setattr(caches, patience, 0.05)
    behind_pgbouncer("transaction")
    listener = caches.Listener()
    listening = threading.Thread(target=listener._run, daemon=True)
    listening.start()
    try:
        until(lambda: listener.hears(time.monotonic()))
        own_session().close()
        until(sessions.mixed_up.is_set)
    finally:
        listener.stop()
        listening.join()


def test_a_pool_is_looked_at_once_however_many_ask_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look takes two connections, and the database has been given room for those of one."""
    looks: list[threading.Thread] = []
    everybody = threading.Barrier(8)

    def look() -> None:
        looks.append(threading.current_thread())
        time.sleep(0.05)

    def ask() -> str:
        everybody.wait()
        return pool.problem()

    monkeypatch.setattr(middleware, "refuse_shared_sessions", look)
    pool = middleware._Pool()
    with ThreadPoolExecutor(8) as crowd:
        answers = [crowd.submit(ask) for _ in range(8)]
    assert {answer.result() for answer in answers} == {""}
    assert len(looks) == 1
