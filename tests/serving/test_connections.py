"""Connections that say nothing, or never come to an end: each is closed after a while."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.environment import ROOT
from tests.serving.conftest import Served, serving
from tools.run import HEADS, web_server

MILLISECONDS = 300
SILENT = {
    "says nothing": b"",
    "stops within its head": b"GET /healthz HTTP/1.1\r\nHost: local",
    "was answered once": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "speaks HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]),
}


@pytest.fixture(scope="module")
def impatient(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Waits for a head as the product does, but not as long."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as only_here:
            only_here.setitem(HEADS, "http1-header-read-timeout", MILLISECONDS)
            served = stack.enter_context(serving(tmp_path_factory.mktemp("served")))
        yield served


def test_r52_silent_connections_are_closed(impatient: Served) -> None:
    for said in SILENT.values():
        with impatient.connect() as client:
            client.settimeout(10)
            client.sendall(said)
            assert _read_to_the_end(client).count(b"HTTP/1.1 200") == said.count(b"localhost")


def test_r52_no_head_is_kept_that_has_no_end(impatient: Served) -> None:
    with impatient.connect() as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        assert _sends(client, b"X: " + b"x" * 1000 + b"\r\n", times=10_000) < 10_000


def test_r52_the_image_is_as_impatient() -> None:
    image = (ROOT / "Dockerfile").read_text()
    told = web_server(8000)
    assert "--http=1" in told
    assert "GRANIAN_HTTP=1 " in image
    for name, number in HEADS.items():
        assert f"--{name}={number}" in told
        assert f"GRANIAN_{name.upper().replace('-', '_')}={number} " in image


def _sends(client: socket.socket, line: bytes, *, times: int) -> int:
    """How often the server lets it be sent."""
    for number in range(times):
        try:
            client.sendall(line)
        except OSError:
            return number
    return times


def _read_to_the_end(client: socket.socket) -> bytes:
    answer = b""
    try:
        while piece := client.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer
