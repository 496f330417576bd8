"""The web server as operators start it, in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.environment import ROOT

LONGEST_START = 60


@contextmanager
def granian(application: str, **environment: str) -> Iterator[int]:
    """Serve the application on a free port of this machine; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface=rsgi", "--no-ws", "--log-level=error"]
    command += ["--host=127.0.0.1", f"--port={port}", "--respawn-failed-workers", "--respawn-interval=0.1", application]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + LONGEST_START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "the web server has stopped"
            assert time.monotonic() < deadline, "the web server doesn't answer"
            time.sleep(0.05)
        else:
            return
