"""Clients that no library would be: they send what they like, or don't."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
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


@contextmanager
def announcing(served: Served, path: str, length: int) -> Iterator[None]:
    """Announce bodies without a pause, send one byte of each, and keep the newest 300 connections."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\nx"

    def announce(kept: deque[socket.socket]) -> None:
        client = served.connect()
        client.sendall(head.encode())
        kept.append(client)
        if len(kept) > 300:
            kept.popleft().close()
        time.sleep(0.004)

    with _again_and_again(announce, clients=1):
        time.sleep(1)
        yield


@contextmanager
def sending(served: Served, path: str, headers: dict[str, str], body: bytes, *, clients: int) -> Iterator[None]:
    """Send the whole body, read how the answer begins, and do so again, with so many clients."""
    sent = {"Host": "localhost", "Connection": "close", "Content-Length": str(len(body))} | headers
    head = "\r\n".join([f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())])
    request = f"{head}\r\n\r\n".encode() + body

    def send(_: deque[socket.socket]) -> None:
        with served.connect() as client:
            client.sendall(request)
            client.recv(64)

    with _again_and_again(send, clients=clients):
        yield


@contextmanager
def _again_and_again(do: Callable[[deque[socket.socket]], None], *, clients: int) -> Iterator[None]:
    is_over = threading.Event()

    def work() -> None:
        kept: deque[socket.socket] = deque()
        while not is_over.is_set():
            try:
                do(kept)
            except OSError:
                continue
        for client in kept:
            client.close()

    workers = [threading.Thread(target=work) for _ in range(clients)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        is_over.set()
        for worker in workers:
            worker.join()
