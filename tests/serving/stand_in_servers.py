"""Servers that stand behind a proxy in the place of ours, and answer as one in trouble does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from common.web.http import NOTHING_WAS_DONE


class OfAnotherRelease(BaseHTTPRequestHandler):
    """Answers as a server does whose release isn't the database's: nothing was done."""

    protocol_version = "HTTP/1.1"
    readiness = 503
    said: ClassVar[dict[str, str]] = dict([NOTHING_WAS_DONE])
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.asked.append(self.path)
        self.send_response(self.readiness if self.path == "/readyz" else 503)
        for header in self.said.items():
            self.send_header(*header)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class WithOtherTenants(OfAnotherRelease):
    """Is ready, but not for the tenant that is asked for."""

    readiness = 200


class LosesItsDatabase(OfAnotherRelease):
    """Answers as a server does whose database is lost on the way: what was done by then, it can't tell."""

    said: ClassVar[dict[str, str]] = {"Retry-After": "10"}
    asked: ClassVar[list[str]] = []


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port of a server that answers so."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
