"""The installation under measurement: an embedded PostgreSQL with durable commits, and its web processes."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
from psycopg import sql

from tools.postgres import EmbeddedPostgres
from tools.run import ALLOCATOR

READY_WITHIN = 60.0
_COUNTING = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "off",
    "pg_stat_statements.max": "10000",
}
_STATEMENTS = """
    SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
    WHERE userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""
_OTHER_SESSIONS = "SELECT pid FROM pg_stat_activity WHERE usename = session_user AND pid <> pg_backend_pid()"
_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


@dataclass(frozen=True)
class Installation:
    """The base URL an installation has as soon as it runs, and a superuser's connection to count its statements by."""

    url: str
    counter: psycopg.Connection[tuple[int]]

    def statements(self) -> int:
        """How many statements were sent so far, without the frames of transactions (`BEGIN`, `COMMIT`)."""
        return self.counter.execute(_STATEMENTS).fetchall()[0][0]


@dataclass(frozen=True)
class Machine:
    """An installation that runs, and the processes whose CPU time counts."""

    installation: Installation
    server: psutil.Process
    postgres: psutil.Process

    def memory(self) -> float:
        """MB that the web processes hold now, what they share counted in parts."""
        processes = (self.server, *self.server.children(recursive=True))
        return sum(process.memory_full_info().pss for process in processes) / 1e6

    def backends(self) -> list[float]:
        """MB that each backend of the web processes holds for itself now: no file's, and not of the shared buffers."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(_OTHER_SESSIONS)
            return [_own_memory(pid) for (pid,) in cursor.fetchall()]

    def cpu_seconds(self) -> tuple[float, float]:
        """CPU time used so far: by the web processes, by PostgreSQL's."""
        return _used(self.server), _used(self.postgres)


@contextmanager
def installation(data_dir: Path) -> Iterator[Installation]:
    """A fresh PostgreSQL, and the environment of an installation on it."""
    postgres = EmbeddedPostgres(data_dir)
    port = free_port()
    # What starts from here on, stays here: PostgreSQL and the web process share a core, the load has another.
    _stay_on(_CORES[0])
    os.environ |= {
        "DATABASE_URL": counting(postgres),
        "DJANGO_SETTINGS_MODULE": "ciam_portal.settings",
        "PORT": str(port),
        "CIAM_DATA_DIR": str(data_dir),
        "CIAM_SECRET_KEY": secrets.token_urlsafe(50),
        "CIAM_LOG_LEVEL": "WARNING",
    }
    # WhiteNoise warns of a folder that isn't there; here it is right that nothing was collected into it.
    (data_dir / "static").mkdir()
    try:
        with psycopg.connect(postgres.superuser_url(), autocommit=True) as counter:
            yield Installation(f"http://localhost:{port}", counter)
    finally:
        from common.database.caches import listener

        listener.stop()
        postgres.destroy()


def counting(postgres: EmbeddedPostgres, settings: Mapping[str, str] | None = None) -> str:
    """Start the server with the extension that counts statements, and further settings; return the owner's URL."""
    postgres.start()
    with psycopg.connect(postgres.superuser_url(), autocommit=True) as superuser:
        for name, value in {**_COUNTING, **(settings or {})}.items():
            superuser.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.SQL(name), sql.Literal(value)))
    postgres.stop()
    url = postgres.start()
    with psycopg.connect(postgres.superuser_url(), autocommit=True) as superuser:
        superuser.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    return url


@contextmanager
def web_server(
    installation: Installation, *, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[Machine]:
    """So many web processes, started as `make run` starts one, with further settings of the environment."""
    command = [
        *(sys.executable, "-m", "ciam_portal", "--host", "127.0.0.1"),
        *("--port", os.environ["PORT"], "--workers", str(workers)),
        *("--no-ws", "--log-level", "warning"),
    ]
    _stay_on(_CORES[0])
    process = subprocess.Popen(command, env=os.environ | ALLOCATOR | dict(settings or {}))
    _stay_on(_CORES[-1])
    try:
        _wait_until_ready(installation.url)
        yield Machine(installation, psutil.Process(process.pid), _postmaster())
    finally:
        process.terminate()
        process.wait(20)


def _stay_on(core: int) -> None:
    """Keep this thread, and what it starts, on one core, where the system can be told so."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"The server at {url} isn't ready after {READY_WITHIN:.0f} seconds.")


def database_cpu_seconds() -> float:
    """CPU time that PostgreSQL's processes have used so far."""
    return _used(_postmaster())


def _postmaster() -> psutil.Process:
    """The server process that the database's backends belong to."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        parent = psutil.Process(cursor.fetchone()[0]).parent()
    if parent is None:
        raise RuntimeError("The database server isn't on this machine.")
    return parent


def _own_memory(pid: int) -> float:
    """MB, or 0 if the process has ended meanwhile."""
    try:
        held = psutil.Process(pid).memory_info()
    except psutil.NoSuchProcess:
        return 0
    return float(held.rss - held.shared) / 1e6


def _used(root: psutil.Process) -> float:
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            total += on_cpu(process)
            if process.pid == root.pid:
                # What ended meanwhile is booked with its parent.
                times = process.cpu_times()
                total += times.children_user + times.children_system
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            continue
    return total


def on_cpu(process: psutil.Process) -> float:
    """Seconds of CPU used so far. Linux counts nanoseconds by thread, and in steps of 10 ms what is counted everywhere.

    Raises what psutil raises, or `FileNotFoundError`, for a process that has ended.
    """
    threads = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    nanoseconds = [int(thread.read_text().partition(" ")[0]) for thread in threads]
    if nanoseconds:
        return sum(nanoseconds) / 1e9
    times = process.cpu_times()
    return float(times.user + times.system)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
