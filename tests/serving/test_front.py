"""Requests as clients send them, kind ones and others, before the product sees anything of them."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psutil
import pytest

from tests.serving.echo import LIMIT, SLOW_SECONDS, THREADS
from tests.serving.granian import granian


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with granian("tests.serving.echo:application") as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        yield client


def raw(port: int, request: bytes, *, then_close: bool = False) -> tuple[int, Any]:
    """Send these bytes; returns status and, if it is JSON, what was answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        if then_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536) or pytest.fail(f"closed after {answer!r}")
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
    return int(head.split()[1]), json.loads(body) if b"application/json" in head else body.decode()


def test_a_request_arrives_as_it_was_sent(client: httpx.Client) -> None:
    answer = client.post("/acme/caf%C3%A9%2Fx?a=%2F&b", content=b"x=1", headers={"Content-Type": "text/plain"})
    said = answer.json()
    assert said["REQUEST_METHOD"] == "POST"
    assert said["PATH_INFO"].encode("latin-1").decode() == "/acme/café/x"
    assert (said["QUERY_STRING"], said["body"], said["CONTENT_LENGTH"]) == ("a=%2F&b", "x=1", "3")
    assert (said["CONTENT_TYPE"], said["REMOTE_ADDR"], said["wsgi.url_scheme"]) == ("text/plain", "127.0.0.1", "http")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_t04_a_header_with_an_underscore_is_not_the_one_that_the_proxy_wrote(port: int) -> None:
    _, said = raw(
        port,
        b"GET /acme HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.9\r\nX_Forwarded_For: 6.6.6.6\r\n"
        b"x-forwarded_for: 6.6.6.6\r\nX_Forwarded_Proto: https\r\n\r\n",
    )
    assert said["HTTP_X_FORWARDED_FOR"] == "192.0.2.9"
    assert "HTTP_X_FORWARDED_PROTO" not in said


def test_headers_that_come_twice_are_joined_in_their_order(port: int) -> None:
    _, said = raw(
        port,
        b"GET /acme HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nCookie: a=1\r\nX-Forwarded-For: 192.0.2.9\r\n"
        b"Cookie: b=2\r\n\r\n",
    )
    assert (said["HTTP_X_FORWARDED_FOR"], said["HTTP_COOKIE"]) == ("6.6.6.6,192.0.2.9", "a=1; b=2")


def test_a_body_without_a_length_is_read_to_its_end(client: httpx.Client) -> None:
    said = client.post("/acme", content=iter([b"grant_type=", b"client_credentials"])).json()
    assert (said["body"], said["CONTENT_LENGTH"]) == ("grant_type=client_credentials", "29")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_over_the_limit_gets_a_whole_answer(client: httpx.Client, is_chunked: bool) -> None:
    """A proxy hands it on; a connection that is reset would become an error of its own."""
    content = b"x" * (40 * LIMIT)
    answer = client.post("/acme", content=iter([content]) if is_chunked else content)
    assert answer.status_code == 413
    assert answer.text == "That is more than 64 KB, the most that is taken here.\n"
    assert client.get("/acme").status_code == 200


def test_bodies_that_never_come_cost_nobody_else_anything(port: int, client: httpx.Client) -> None:
    stalled = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    for connection in stalled:
        connection.sendall(b"POST /acme HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx")
    began = time.monotonic()
    for _ in range(20):
        assert client.post("/acme", content=b"x=1").status_code == 200
        assert client.get("/alive").text == "alive"
    assert time.monotonic() - began < 5
    # Nor are they there for ever.
    answer = stalled[0].recv(1000)
    assert answer.startswith(b"HTTP/1.1 408")
    for connection in stalled:
        connection.close()


def test_a_body_that_dribbles_in_is_cut_off_as_well(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"POST /acme HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        began = time.monotonic()
        connection.setblocking(False)
        answer = b""
        while not answer and time.monotonic() - began < 8:
            try:
                connection.send(b"x")
                answer = connection.recv(100)
            except BlockingIOError:
                time.sleep(0.1)
        assert answer.startswith(b"HTTP/1.1 408")


def test_one_slow_tenant_leaves_threads_to_the_others(port: int, client: httpx.Client) -> None:
    with ThreadPoolExecutor(4 * THREADS) as customers:
        slow = [customers.submit(httpx.get, f"http://127.0.0.1:{port}/slow", timeout=20) for _ in range(4 * THREADS)]
        time.sleep(0.3)
        began = time.monotonic()
        for _ in range(10):
            assert client.get("/globex").status_code == 200
        assert time.monotonic() - began < SLOW_SECONDS
        answers = [each.result() for each in slow]
    # As many as could be served while people wait; the others are asked to come again.
    assert {answer.status_code for answer in answers} == {200, 503}
    assert all(answer.headers["retry-after"] == "5" for answer in answers if answer.status_code == 503)


def test_what_breaks_is_told_without_details(client: httpx.Client) -> None:
    answer = client.get("/broken")
    assert (answer.status_code, answer.text) == (500, "Something went wrong here.\n")


def test_a_process_that_is_killed_comes_back(port: int) -> None:
    (server,) = [child for child in psutil.Process().children() if f"--port={port}" in child.cmdline()]
    (worker,) = [child for child in server.children() if "resource_tracker" not in " ".join(child.cmdline())]
    worker.kill()
    deadline = time.monotonic() + 20
    while True:
        try:
            assert httpx.get(f"http://127.0.0.1:{port}/acme", timeout=2).status_code == 200
        except httpx.TransportError:
            assert time.monotonic() < deadline, "it didn't come back"
            time.sleep(0.1)
        else:
            break
