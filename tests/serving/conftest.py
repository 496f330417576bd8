"""The product as granian serves it, in a process of its own, on the run's database."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings
from django_tenants.utils import tenant_context

from applications.models import Application
from tenants.models import Tenant
from tests import database
from tests.cast import new_secret
from tests.environment import ROOT
from tools.run import ALLOCATOR, web_server

THREADS = 8


@dataclass
class Served:
    """Where the product answers, its processes, and the folder it would put temporary files into."""

    port: int
    process: psutil.Process
    temporary: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def connect(self) -> socket.socket:
        """A connection that has said nothing yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def wait_until_up(self, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        # One for all questions: each of `httpx.get` would read whom the world trusts, which takes as long as a page.
        with httpx.Client(timeout=2) as asking:
            while time.monotonic() < deadline:
                try:
                    if asking.get(f"{self.url}/healthz").status_code == 200:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise TimeoutError("The web server doesn't answer.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment_of_servers(temporary: Path) -> dict[str, str]:
    """What the product's processes are told beside the tests' own environment."""
    return (
        os.environ
        | ALLOCATOR
        | {
            "DATABASE_URL": database.address(),
            "CIAM_BASE_URL": settings.CIAM_BASE_URL,
            "CIAM_WEB_THREADS": str(THREADS),
            "TMPDIR": str(temporary),
        }
    )


@contextmanager
def serving(temporary: Path, *, has_one_core: bool = False, **settings_given: str) -> Iterator[Served]:
    """The product behind the command that `make run` starts it with."""
    port = free_port()
    environment = environment_of_servers(temporary) | settings_given
    core = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))] if has_one_core else []
    process = subprocess.Popen([*core, *web_server(port)], cwd=ROOT, env=environment, start_new_session=True)
    served = Served(port, psutil.Process(process.pid), temporary)
    try:
        served.wait_until_up()
        yield served
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def served(transactional_db: None, tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


@pytest.fixture
def served_to_proxies(transactional_db: None, tmp_path: Path) -> Iterator[Served]:
    """Believes what one proxy says of the client's address."""
    with serving(tmp_path, CIAM_TRUSTED_PROXIES="1") as served:
        yield served


@pytest.fixture(scope="module")
def _kept_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture(scope="module")
def _kept_server_to_proxies(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), CIAM_TRUSTED_PROXIES="1") as served:
        yield served


@pytest.fixture
def still_served(transactional_db: None, _kept_server: Served) -> Served:
    """The one that a module's other tests ask, for whoever changes nothing of what it keeps in memory. To start one
    costs more than most of what is asked here.
    """
    return _kept_server


@pytest.fixture
def still_served_to_proxies(transactional_db: None, _kept_server_to_proxies: Served) -> Served:
    """The same, of one that believes what a proxy says of the client's address."""
    return _kept_server_to_proxies


@pytest.fixture
def served_by_one_core(transactional_db: None, tmp_path: Path) -> Iterator[Served]:
    """The same, with one of the machine's cores for all of it but the database."""
    with serving(tmp_path, has_one_core=True, CIAM_TRUSTED_PROXIES="1") as served:
        yield served


@pytest.fixture
def credentials(acme: Tenant, reports: Application) -> tuple[str, str]:
    with tenant_context(acme):
        return str(reports.client_id), new_secret(reports)
