"""The product on a port of this machine, in this process: what a browser of a story talks to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread
from pytest_django.live_server_helper import LiveServer

from tests.headroom import with_headroom


class ServerOnOnePort(ThreadedWSGIServer):
    """Every test has its server on the same port, where connections to the one before may not have died away yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "allow_reuse_address": True})

    @with_headroom
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        super().process_request_thread(request, client_address)

    def serve_forever(self, poll_interval: float = 0.02) -> None:
        """Looks often whether it shall stop: every test waits for that."""
        super().serve_forever(poll_interval)


@contextmanager
def live() -> Iterator[LiveServer]:
    """While it answers, at CIAM_BASE_URL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LiveServerThread, "server_class", ServerOnOnePort)
        server = LiveServer(f"localhost:{settings.PORT}")
        try:
            yield server
        finally:
            server.stop()
