"""Requests that are slow, huge or endless, at the server that operators run: they cost only themselves."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import UUID

import httpx
import psycopg
import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from applications.models import Application
from audit.models import Event
from serving.bodies import DEADLINE
from tenants.models import Tenant
from tests.cast import BOOKSHOP_CALLBACK
from tests.clients.customer import form_of
from tests.environment import server
from tests.oidc.relying_party import challenge_of
from tests.serving.conftest import THREADS, Served, serving
from tests.serving.strange_clients import FORM, TOKEN, announcing, ask, sending, unsent_bodies


def test_r31_two_hundred_unsent_bodies_stop_nobody(served: Served, credentials: tuple[str, str]) -> None:
    with unsent_bodies(served, 200), httpx.Client(base_url=served.url, timeout=10, follow_redirects=True) as client:
        began = time.monotonic()
        assert client.get("/healthz").status_code == 200
        assert client.post(TOKEN, data={"grant_type": "client_credentials"}, auth=credentials).status_code == 200
        assert client.get("/t/acme/sign-in/").status_code == 200
        assert time.monotonic() - began < DEADLINE


def test_r31_an_unsent_body_is_given_up_at_its_deadline_or_when_it_breaks_off(still_served: Served) -> None:
    with unsent_bodies(still_served, 2) as (client, gone):
        gone.shutdown(socket.SHUT_WR)
        assert gone.recv(65536).startswith(b"HTTP/1.1 400 ")
        client.settimeout(30)
        assert client.recv(65536).startswith(b"HTTP/1.1 408 ")
        assert client.recv(65536) == b""


def test_a_body_without_a_length_is_read_to_its_end(served: Served, credentials: tuple[str, str]) -> None:
    with httpx.Client(base_url=served.url, timeout=10) as client:
        answer = post_in_pieces(client, TOKEN, {"grant_type": "client_credentials"}, auth=credentials)
    assert answer.status_code == 200
    assert answer.json()["access_token"]


def test_a_body_without_a_length_is_read_at_the_doors_of_a_sign_in(
    served: Served, bookshop: Application, bookshop_secret: str
) -> None:
    """At the pushed request, at the request by POST, and at the form; each reads its body in a way of its own."""
    wanted = {
        "client_id": bookshop.client_id,
        "redirect_uri": BOOKSHOP_CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge_of("a verifier"),
        "code_challenge_method": "S256",
    }
    with httpx.Client(base_url=served.url, timeout=10) as shop:
        pushed = post_in_pieces(shop, "/t/acme/oidc/par", wanted, auth=(bookshop.client_id, bookshop_secret))
        assert pushed.status_code == HTTPStatus.CREATED
        page = post_in_pieces(shop, "/t/acme/oidc/authorize", wanted, follow_redirects=True)
        form, typed = form_of(page.text), {"email": "carol@acme.example"}
        answer = post_in_pieces(
            shop, urljoin(str(page.url), form.action), form.fields | typed, headers={"Referer": str(page.url)}
        )
        assert form_of(answer.text).action.endswith("/password/")


def post_in_pieces(client: httpx.Client, url: str, form: dict[str, str], **others: Any) -> httpx.Response:
    """Send a form in two pieces, without saying how long it is."""
    body = urlencode(form).encode()
    headers = {"Content-Type": FORM, **others.pop("headers", {})}
    return client.post(url, content=iter([body[:9], body[9:]]), headers=headers, **others)


@pytest.mark.parametrize("length", ["Content-Length: 3000000", "Transfer-Encoding: chunked"])
def test_r32_a_body_over_the_limit_gets_a_whole_answer(length: str, still_served: Served) -> None:
    content = b"x" * 3_000_000
    body = content if "3000000" in length else b"2dc6c0\r\n" + content + b"\r\n0\r\n\r\n"

    answer = ask(still_served, f"POST {TOKEN} HTTP/1.1\nHost: localhost\nContent-Type: {FORM}\n{length}\n\n", body)

    head, _, said = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert said == b'{"error": "invalid_request", "error_description": "The body is too large."}'


def test_r32_a_huge_upload_is_refused_by_its_length(still_served: Served) -> None:
    with still_served.connect() as client:
        client.sendall(
            b"POST /t/acme/sign-in/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 200000000\r\n\r\n--x\r\n"
        )
        assert client.recv(65536).startswith(b"HTTP/1.1 413 ")
    assert not list(still_served.temporary.iterdir())


def test_r50_announced_uploads_give_up_nobody_elses_body(still_served: Served) -> None:
    wrong = b"grant_type=client_credentials&client_id=x&client_secret=y"
    answers: Counter[bytes] = Counter()
    with announcing(still_served, TOKEN, 1024 * 1024):
        for _ in range(20):
            with still_served.connect() as client:
                client.sendall(
                    f"POST {TOKEN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {FORM}\r\n"
                    f"Content-Length: {len(wrong)}\r\n\r\n".encode()
                )
                time.sleep(0.05)
                client.sendall(wrong)
                answers[client.recv(12)[9:]] += 1
    assert answers == {b"401": 20}


def test_r51_large_bodies_of_strangers_cost_little_memory(served: Served) -> None:
    """Django takes the form apart before it knows who sends it, if a cookie against forgery comes with it."""
    cookies = httpx.get(f"{served.url}/sign-in/", follow_redirects=True).cookies
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Content-Type": "multipart/form-data; boundary=x",
    }
    part = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.png\r\n\r\n"
    picture = part + bytes(1_000_000) + b"\r\n--x--\r\n"
    before = _memory(served)
    with sending(served, "/tenants/acme/branding/default/", headers, picture, clients=20):
        time.sleep(3)
        most = _memory(served)
        assert httpx.get(f"{served.url}/t/acme/sign-in/", timeout=10).status_code == HTTPStatus.SEE_OTHER
    assert most - before < 100


def _memory(served: Served) -> int:
    """What the processes hold, in MiB."""
    return sum(each.memory_info().rss for each in served.process.children(recursive=True)) // 1024**2


@pytest.mark.parametrize("hidden", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"])
def test_t05_what_proxies_have_written_is_read_or_refused(still_served_to_proxies: Served, hidden: str) -> None:
    """The web server leaves out a line that isn't ASCII; what was appended to the letter would be gone with it."""
    head = f"GET /t/acme/sign-in/ HTTP/1.1\nHost: localhost\nConnection: close\n{hidden}: é, 192.0.2.1\n\n"
    assert ask(still_served_to_proxies, head).startswith(b"HTTP/1.1 400 ")


def test_t05_a_header_with_underscores_doesnt_pass_for_the_proxys(
    still_served_to_proxies: Served, acme: Tenant, reports: Application
) -> None:
    """To Django both names would be the same one."""
    true, form = "X-Forwarded-For: 198.51.100.1", f"client_id={reports.client_id}&client_secret=wrong".encode()
    begin = f"POST {TOKEN} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: {FORM}\n"
    for made_up in ("X_Forwarded_For: 6.6.6.6", "X-Forwarded_For: 6.6.6.6"):
        for lines in (f"{true}\n{made_up}", f"{made_up}\n{true}"):
            answer = ask(still_served_to_proxies, f"{begin}{lines}\nContent-Length: {len(form)}\n\n", form)
            assert answer.startswith(b"HTTP/1.1 401 ")
    with tenant_context(acme):
        assert [str(event.ip) for event in Event.objects.order_by("at")][-4:] == ["198.51.100.1"] * 4


def test_a_refusal_is_in_the_browsers_language_and_bears_an_id(still_served: Served) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "xx, de-AT;q=0.8, en;q=0.5"}
    refused = httpx.post(f"{still_served.url}{TOKEN}", content=b"x" * 2_000_000, headers=headers)
    assert refused.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "Das ist zu groß" in refused.text
    assert UUID(refused.headers["X-Request-ID"]).version == 4


def test_a_web_process_shares_what_is_loaded_and_comes_back_when_killed(served: Served) -> None:
    for worker in served.process.children(recursive=True):
        held = worker.memory_full_info()
        assert held.uss < held.rss / 2
        worker.kill()
    time.sleep(0.5)

    served.wait_until_up()


@pytest.fixture
def served_as_shipped(transactional_db: None, tmp_path: Path) -> Iterator[Served]:
    """With connections that stay open, as tests else don't have them."""
    with serving(tmp_path, DJANGO_SETTINGS_MODULE="tests.serving.settings") as served:
        yield served


def test_a_busy_web_server_keeps_no_more_connections_than_the_documentation_says(served_as_shipped: Served) -> None:
    """One for each thread and one that hears of changes; two more for a moment."""
    served = served_as_shipped
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = 'ciam-portal'"
    with psycopg.connect(server.superuser_url(), autocommit=True) as observer, ThreadPoolExecutor(40) as crowd:
        (before,) = observer.execute(query, [connection.settings_dict["NAME"]]).fetchone() or (0,)
        paths = ["/t/acme/sign-up/", "/t/globex/sign-in/", "/readyz", "/"] * 20
        asked = [crowd.submit(httpx.get, f"{served.url}{path}", follow_redirects=True, timeout=30) for path in paths]
        most = 0
        while not all(each.done() for each in asked):
            (now,) = observer.execute(query, [connection.settings_dict["NAME"]]).fetchone() or (0,)
            most = max(most, now)
    assert {each.result().status_code for each in asked} == {200}
    assert 2 <= most - before <= THREADS + 3
