"""Clients that no library would be: they send what they like, or don't."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.serving.conftest import Served

TOKEN = "/t/acme/oidc/token"
FORM = "application/x-www-form-urlencoded"


def ask(served: Served, head: str, body: bytes = b"") -> bytes:
    """Send these bytes and read until the server has closed."""
    with served.connect() as client:
        client.sendall(head.replace("\n", "\r\n").encode())
        for begin in range(0, len(body), 65536):
            client.sendall(body[begin : begin + 65536])
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    return answer


@contextmanager
def unsent_bodies(served: Served, count: int) -> Iterator[list[socket.socket]]:
    """So many connections that announce a body and send a part of it."""
    with ExitStack() as stack:
        yield [stack.enter_context(_unsent(served)) for _ in range(count)]


def _unsent(served: Served) -> socket.socket:
    client = served.connect()
    client.sendall(
        f"POST {TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 500\r\n\r\ngrant".encode()
    )
    return client
