"""Somebody else's servers that collect logs: a web-hook behind TLS, and syslog over TLS."""

import http.server
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Behaviour = Callable[[], int]


@dataclass
class Receiver:
    """What came in. `behave` is asked for each call: it returns a status, or raises to break the connection off."""

    port: int = 0
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    behave: Behaviour = lambda: 204

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/log?key=k"

    def events(self) -> list[dict[str, Any]]:
        """All events of all calls, in the order in which they came."""
        return [event for _, body in self.calls for event in json.loads(body)["events"]]

    def ids(self) -> list[int]:
        """Their IDs within the tenant."""
        return [int(event["id"].rpartition(".")[2]) for event in self.events()]


@contextmanager
def web_hook(tls: ssl.SSLContext) -> Iterator[Receiver]:
    """A web-hook at https://localhost on a free port."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.calls.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(receiver.behave())
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"thanks")

        def handle(self) -> None:
            with suppress(OSError, RuntimeError):
                super().handle()

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Syslog:
    """What came in by connection. It breaks a connection off after `breaks_after` bytes, with more to be read."""

    port: int = 0
    connections: list[bytes] = field(default_factory=list)
    breaks_after: int = 0

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"

    def messages(self) -> list[str]:
        """All whole messages, out of their frames (RFC 5425 section 4.3)."""
        found = []
        for received in self.connections:
            rest = received
            while rest:
                length, _, rest = rest.partition(b" ")
                if len(rest) < int(length):
                    break
                found.append(rest[: int(length)].decode())
                rest = rest[int(length) :]
        return found


@contextmanager
def syslog(tls: ssl.SSLContext) -> Iterator[Syslog]:
    """A syslog server that speaks TLS on a free port of localhost."""
    receiver = Syslog()

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with suppress(OSError):
                    _receive(tls.wrap_socket(client, server_side=True), receiver)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiver.port = listener.getsockname()[1]
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield receiver


def _receive(stream: ssl.SSLSocket, receiver: Syslog) -> None:
    place = len(receiver.connections)
    receiver.connections.append(b"")
    while received := stream.recv(200 if receiver.breaks_after else 65536):
        receiver.connections[place] += received
        if receiver.breaks_after and len(receiver.connections[place]) >= receiver.breaks_after:
            # Zero seconds of lingering: what waits to be read is thrown away, and the other side is told so.
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            stream.close()
            return
    with suppress(OSError):
        stream.unwrap()
    stream.close()
