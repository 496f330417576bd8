"""What a process keeps is forgotten in every process when it changes."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from common.database.caches import CHANNEL, Listener, ProcessCache, announce
from common.database.caches import listener as listener_of_the_process
from tests.environment import server

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_value_is_read_once_and_again_after_a_change() -> None:
    cache: ProcessCache[int] = ProcessCache()
    reads = iter(range(10))
    assert [cache.get("t_a", "key", lambda: next(reads)) for _ in range(3)] == [0, 0, 0]
    with transaction.atomic():
        announce("t_a")
        assert cache.get("t_a", "key", lambda: next(reads)) == 0
    assert cache.get("t_a", "key", lambda: next(reads)) == 1


def test_a_change_in_one_tenant_leaves_the_others_alone() -> None:
    cache: ProcessCache[str] = ProcessCache()
    cache.get("t_a", "key", lambda: "a")
    cache.get("t_b", "key", lambda: "b")
    announce("t_a")
    assert cache.get("t_b", "key", lambda: "read again") == "b"
    assert cache.get("t_a", "key", lambda: "read again") == "read again"


def test_t10_one_tenants_value_is_never_anothers() -> None:
    cache: ProcessCache[str] = ProcessCache()
    cache.get("t_a", "key", lambda: "a")
    assert cache.get("t_b", "key", lambda: "b") == "b"


def test_a_value_dies_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cache: ProcessCache[int] = ProcessCache(time_to_live=0.0)
    reads = iter(range(10))
    assert [cache.get("t_a", "key", lambda: next(reads)) for _ in range(2)] == [0, 1]


def test_a_value_lives_on_as_long_as_changes_are_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    cache: ProcessCache[str] = ProcessCache(time_to_live=0.0)
    monkeypatch.setattr(listener_of_the_process, "_trusted_until", time.monotonic() + 60)
    reads = iter(["one", "two", "three"])
    assert [cache.get("t_a", "key", lambda: next(reads)) for _ in range(2)] == ["one", "one"]
    monkeypatch.setattr(listener_of_the_process, "_trusted_until", 0.0)
    assert cache.get("t_a", "key", lambda: next(reads)) == "two"


def test_a_full_cache_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.database.caches.MAX_ENTRIES", 4)
    monkeypatch.setattr("common.database.caches.FORGOTTEN_WHEN_FULL", 2)
    cache: ProcessCache[str] = ProcessCache()
    for key in "abcde":
        cache.get("t_a", key, lambda: "kept")
    assert [key for key in "abcde" if cache.peek("t_a", key)] == ["c", "d", "e"]


def test_a_value_read_while_it_changed_is_not_kept() -> None:
    cache: ProcessCache[str] = ProcessCache()

    def read_slowly() -> str:
        announce("t_a")
        return "read before the change"

    cache.get("t_a", "key", read_slowly)
    assert cache.get("t_a", "key", lambda: "read after") == "read after"


@pytest.fixture
def listener(settings: Settings) -> Iterator[Listener]:
    settings.CIAM_LISTEN_FOR_CHANGES = True
    listener = Listener()
    yield listener
    listener.stop()


def test_another_process_hears_of_the_change(listener: Listener) -> None:
    cache: ProcessCache[str] = ProcessCache()
    listener.start()
    wait_until_listening()
    cache._entries[("t_a", "key")] = (time.monotonic() + 60, "old")
    with connection.cursor() as cursor:
        # As another process would: without forgetting anything here.
        cursor.execute("SELECT pg_notify(%s, 't_a')", [CHANNEL])
    deadline = time.monotonic() + 5
    while ("t_a", "key") in cache._entries and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ("t_a", "key") not in cache._entries


def test_losing_the_connection_forgets_everything_and_listens_again(listener: Listener) -> None:
    cache: ProcessCache[str] = ProcessCache()
    listener.start()
    first = wait_until_listening()
    assert listener.hears(time.monotonic())
    cache._entries[("t_a", "key")] = (time.monotonic() + 60, "old")
    with psycopg.connect(server.superuser_url()) as observer:
        observer.execute("SELECT pg_terminate_backend(%s)", [first])
    second = wait_until_listening(other_than=first)
    assert second != first
    assert cache._entries == {}


def test_it_listens_by_the_same_way_as_everything_else_is_asked(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the options of the database's address: whether to insist on TLS, and when to take a server for gone."""
    assert connection.get_connection_params()["tcp_user_timeout"] == 10_000
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "application_name", "as the operator chose")
    listener.start()
    listening = wait_until_listening()
    with psycopg.connect(server.superuser_url()) as superuser:
        row = superuser.execute("SELECT application_name FROM pg_stat_activity WHERE pid = %s", [listening]).fetchone()
    assert row == ("as the operator chose",)


def wait_until_listening(*, other_than: int | None = None) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with psycopg.connect(server.superuser_url()) as observer:
            row = observer.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND query LIKE 'LISTEN%%' AND state = 'idle' "
                "ORDER BY backend_start DESC LIMIT 1",
                [connection.settings_dict["NAME"]],
            ).fetchone()
        if row and row[0] != other_than:
            return int(row[0])
        time.sleep(0.02)
    raise AssertionError(f"Nobody listens; threads: {[thread.name for thread in threading.enumerate()]}")
