"""The embedded PostgreSQL starts anywhere, keeps what it holds, and lets nobody in without a password."""

import importlib.util
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tools import placement, postgres
from tools.postgres import EmbeddedPostgres, PostgresError

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("data"), disposable=True)
    server.start()
    yield server
    server.destroy()


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchall()


def test_a_second_start_finds_the_running_server(server: EmbeddedPostgres) -> None:
    server.start()
    again = EmbeddedPostgres(server.data_dir, disposable=True)

    assert again.start() == server.connection_url()
    assert not again.started_here


def test_two_starts_at_once_make_one_server(server: EmbeddedPostgres) -> None:
    server.stop()
    rivals = [EmbeddedPostgres(server.data_dir, disposable=True) for _ in range(4)]

    with ThreadPoolExecutor() as pool:
        urls = set(pool.map(EmbeddedPostgres.start, rivals))

    assert len(urls) == 1
    assert [rival.started_here for rival in rivals].count(True) == 1


def test_the_owner_owns_the_database_and_makes_roles_without_being_a_superuser(server: EmbeddedPostgres) -> None:
    url = server.start()

    assert ask(url, "SELECT rolname, rolcreaterole, rolsuper FROM pg_roles WHERE rolname = current_user") == [
        ("ciam", True, False)
    ]
    assert ask(url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'ciam'") == [("ciam",)]


def test_letters_of_every_alphabet_have_a_lower_case(server: EmbeddedPostgres) -> None:
    assert ask(server.start(), "SELECT lower('ÄÖÉŽΣДΆ')") == [("äöéžσдά",)]


@pytest.mark.parametrize("role", ["ciam", "postgres"])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_stranger_on_this_machine_stays_outside(server: EmbeddedPostgres, role: str, password: str) -> None:
    address = urlsplit(server.start())

    with pytest.raises(psycopg.OperationalError, match=r"password"):
        psycopg.connect(host="127.0.0.1", port=address.port, user=role, password=password, dbname="ciam")


def test_every_way_in_asks_for_a_password(server: EmbeddedPostgres) -> None:
    server.start()

    assert ask(server.superuser_url(), "SELECT DISTINCT auth_method FROM pg_hba_file_rules") == [("scram-sha-256",)]
    assert ask(server.superuser_url(), "SHOW listen_addresses") == [("127.0.0.1",)]


def test_only_their_owner_reads_passwords_and_data(server: EmbeddedPostgres) -> None:
    server.start()
    home = server.home

    assert stat.S_IMODE((server.data_dir / "postgres.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert not list(home.glob("secret-*"))


def test_the_server_never_runs_as_root(server: EmbeddedPostgres) -> None:
    server.start()
    home = server.home
    process = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])

    assert ask(server.start(), "SELECT 1") == [(1,)]
    assert Path(f"/proc/{process}").stat().st_uid == (home.stat().st_uid or None)


def test_what_was_written_is_there_after_a_stop(server: EmbeddedPostgres) -> None:
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'still here' AS word")

    server.stop()

    assert not server.is_running()
    assert ask(server.start(), "SELECT word FROM kept") == [("still here",)]
    assert server.started_here


def test_the_server_moves_when_somebody_took_its_port(server: EmbeddedPostgres) -> None:
    port = urlsplit(server.start()).port
    server.stop()

    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        moved = server.start()

    assert urlsplit(moved).port != port
    assert moved == server.connection_url()
    assert ask(moved, "SELECT 1") == [(1,)]


def test_folders_that_were_there_before_keep_their_permissions(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "data", disposable=True)

    server.start()
    try:
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert closed.stat().st_uid == os.getuid()
    finally:
        server.destroy()


def test_a_deep_folder_is_no_obstacle(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("deep" * 20) / ("deeper" * 20), disposable=True)

    try:
        assert ask(server.start(), "SELECT 1") == [(1,)]
    finally:
        server.destroy()
    assert not (server.data_dir / "postgres.json").exists()


def test_the_command_needs_no_home_and_leaves_nothing_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}

    def command(word: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tools.postgres", word, "--data-dir", str(tmp_path / "data")],
            check=False,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )

    assert command("url").returncode == 1
    url = command("start").stdout.strip()
    try:
        assert ask(url, "SELECT 1") == [(1,)]
        assert command("url").stdout.strip() == url
        assert command("status").returncode == 0
        assert command("stop").returncode == 0
        assert command("status").returncode == 3
    finally:
        command("destroy")
    assert list(home.iterdir()) == []


@pytest.mark.skipif(placement.choose_home_in_memory() is None, reason="this machine has no room in memory")
def test_what_may_be_lost_lies_in_memory_closed_to_others_and_is_made_anew_when_lost(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, disposable=True, in_memory=True)
    try:
        server.start()
        home = server.home
        assert home.is_relative_to(placement.MEMORY)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        server.stop()
        shutil.rmtree(home)

        assert ask(server.start(), "SELECT 1") == [(1,)]
        assert server.home == home
    finally:
        server.destroy()
    assert not home.exists()


def test_lost_passwords_are_not_replaced_silently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "choose_home", lambda data_dir, account: data_dir / "postgres")
    (tmp_path / "postgres").mkdir()

    with pytest.raises(PostgresError, match=r"passwords is gone"):
        EmbeddedPostgres(tmp_path).start()


def test_without_the_package_the_message_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(PostgresError, match=r"DATABASE_URL"):
        EmbeddedPostgres(tmp_path).start()


def test_data_of_another_major_version_is_left_alone(server: EmbeddedPostgres) -> None:
    server.stop()
    version = server.home / "data" / "PG_VERSION"
    written = version.read_text()
    version.write_text("9\n")

    try:
        with pytest.raises(PostgresError, match=r"written by PostgreSQL 9"):
            server.start()
    finally:
        version.write_text(written)
