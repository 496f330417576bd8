"""Nobody has more than a share of the threads, whatever name they ask under."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection
from psycopg import sql

from serving.front import MOST_WAITING
from tests.cast import tenant_named
from tests.environment import server
from tests.serving.conftest import THREADS, Served, serving

CROWD = 40
"""The last of them has its turn at eight threads after 20 seconds: nobody waits longer than five for a lock. Others
have ten."""


@pytest.fixture
def served_by_host(transactional_db: None, tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, CIAM_TENANT_ADDRESSING="host") as served:
        yield served


def test_r33_a_stalled_tenant_takes_at_most_its_share(still_served: Served) -> None:
    with ThreadPoolExecutor(CROWD) as threads, httpx.Client(base_url=still_served.url, timeout=10) as others:
        with stalled("acme", "userflows_journey"):
            crowd = [threads.submit(_ask_patiently, f"{still_served.url}/t/acme/sign-in/") for _ in range(CROWD)]
            time.sleep(1)
            assert others.get("/healthz").status_code == 200
            assert others.get("/t/globex/sign-in/", follow_redirects=True).status_code == 200
            assert others.get("/readyz").status_code == 200
        assert {each.result() for each in crowd} == {200}


def test_r33_a_stalled_tenant_has_one_share_however_its_host_is_written(served_by_host: Served) -> None:
    names = ["acme.localhost", "acme.localhost.", "ACME.localhost:80"]
    with ThreadPoolExecutor(CROWD) as threads, stalled("acme", "userflows_journey"):
        for number in range(CROWD):
            threads.submit(_ask_patiently, f"{served_by_host.url}/sign-in/", names[number % len(names)])
        time.sleep(1)
        asked = httpx.get(f"{served_by_host.url}/sign-in/", headers={"Host": "globex.localhost"}, timeout=10)
        assert asked.status_code == HTTPStatus.SEE_OTHER


def test_r33_a_stalled_home_tenant_takes_neither_readiness_nor_style_sheets_along(still_served: Served) -> None:
    with ThreadPoolExecutor(CROWD) as threads, stalled("home", "userflows_journey"):
        for _ in range(CROWD):
            threads.submit(_ask_patiently, f"{still_served.url}/sign-in/")
        time.sleep(1)
        with httpx.Client(base_url=still_served.url, timeout=10) as others:
            assert others.get("/t/acme/sign-in/", follow_redirects=True).status_code == 200
            assert others.get("/static/portal/portal.css").status_code == 200
            assert others.get("/static/portal/nothing.css").status_code == 404
            assert others.get("/readyz").status_code == 200


def test_r33_names_of_nobody_have_one_share_and_one_queue(still_served: Served) -> None:
    """Whose a name is is looked up among strangers: here nobody comes to know, since the list of tenants stalls."""
    with ExitStack() as stack, httpx.Client(base_url=still_served.url, timeout=10) as others:
        assert others.get("/static/portal/portal.css").status_code == 200
        stack.enter_context(locked("public", "tenants_tenant"))
        strangers = [stack.enter_context(still_served.connect()) for _ in range(MOST_WAITING + THREADS + 10)]
        for number, stranger in enumerate(strangers):
            stranger.sendall(f"GET /t/nobody{number}/ HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        # Which of them the server took last, nobody knows. Their questions end after five seconds, four at a time: ten
        # answers come sooner than the third time only if some found no place in the queue.
        assert _first_answers(strangers, 10, within=12) == [b"HTTP/1.1 503"] * 10
        assert others.get("/static/portal/portal.css").status_code == 200


def _first_answers(asking: Sequence[socket.socket], count: int, *, within: float) -> list[bytes]:
    """How the first answers begin that come to any of them."""
    answers: list[bytes] = []
    until = time.monotonic() + within
    with selectors.DefaultSelector() as selector:
        for each in asking:
            selector.register(each, selectors.EVENT_READ)
        while len(answers) < count and time.monotonic() < until:
            for key, _ in selector.select(until - time.monotonic())[: count - len(answers)]:
                answered = selector.unregister(key.fileobj).fileobj
                assert isinstance(answered, socket.socket)
                answers.append(answered.recv(12))
    return answers


def _ask_patiently(address: str, host: str = "localhost") -> int:
    """As a browser does, which loads a page again that says to wait."""
    while (answer := _ask(address, host)) == HTTPStatus.SERVICE_UNAVAILABLE:
        time.sleep(1)
    return answer


def _ask(address: str, host: str) -> int:
    return httpx.get(address, headers={"Host": host}, timeout=30, follow_redirects=host == "localhost").status_code


@contextmanager
def stalled(domain: str, *names: str) -> Iterator[None]:
    """Hold a lock on tables of the tenant, so that whoever reads them waits."""
    with locked(tenant_named(domain).schema_name, *names):
        yield


@contextmanager
def locked(schema: str, *names: str) -> Iterator[None]:
    with psycopg.connect(server.superuser_url(), dbname=connection.settings_dict["NAME"]) as superuser:
        tables = sql.SQL(", ").join(sql.Identifier(schema, name) for name in names)
        superuser.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
        yield
        superuser.rollback()
