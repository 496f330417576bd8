"""Runs the whole product on this machine: database, web server and job worker, until Ctrl-C.

The first start makes the secrets, the database and a demo; later starts find them again. See `tools.installation` for
what is filled in where the environment says nothing.

    python -m tools.run
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from common.environment import WrongSetting, text, whole_number
from tools.installation import ROOT, environment, remember_start
from tools.postgres import PostgresError
from tools.supervisor import Program, Stopped, SupervisorError, stop_signals_raise, supervise

HOST = "127.0.0.1"
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "262144", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""What glibc is told (mallopt(3)): give back at once what was large. Else each thread keeps the memory of a hash, and
of a form as long as a response of SAML. And from 2.35 on: take it in large pages, where the system has them for who
asks. In small ones it costs half a hash."""

CONNECTIONS = 2048
"""Connections that a process keeps open at once. Those that send nothing cost little, and must not keep others out."""

HEADS = {"http1-header-read-timeout": 10_000, "http1-buffer-size": 65_536}
"""Milliseconds in which a connection has to send a whole head, the first as the next ones, and the bytes of a head.
Both are HTTP/1's: over HTTP/2, which no proxy is told to speak here, the silent are never closed."""


class RunError(Exception):
    """The product cannot start. The message says what to do about it."""


@dataclass(frozen=True)
class Demo:
    """Where to go first: what `manage.py demo --json` prints."""

    administrator_email: str
    administrator_password: str
    portal_url: str
    sign_up_url: str

    @classmethod
    def parse(cls, output: str) -> Demo:
        """Read the one line of JSON, which may stand below what the command had to say before."""
        answer = json.loads(output.strip().splitlines()[-1])
        return cls(**{field.name: answer[field.name] for field in fields(cls)})


def run() -> None:
    """Prepare everything and serve until `Stopped` is raised. Raises `RunError` and its kin."""
    port = whole_number("PORT", 8000, low=1, high=65535)
    insist_on_free(port)
    given = {**os.environ, "PORT": str(port)}
    with environment(given) as settings:
        remember_start(given)
        # The server warns of a missing folder; here it is right that nothing was collected into it.
        (Path(settings["CIAM_DATA_DIR"]) / "static").mkdir(exist_ok=True)
        manage("upgrade", settings)
        demo = Demo.parse(manage("demo", settings, "--json")) if is_local(settings) else None
        supervise(
            [
                Program("web server", web_server(port)),
                Program("job worker", [sys.executable, "manage.py", "worker"]),
            ],
            settings | ALLOCATOR,
            ROOT,
            is_up=lambda: answers(port),
            on_up=lambda: print(banner(demo, settings), flush=True),
        )


def is_local(settings: Mapping[str, str]) -> bool:
    """Whether the product serves this machine alone. Only there does it get a demo, whose people share a password."""
    host = urlsplit(text("CIAM_BASE_URL", "http://localhost", given=settings)).hostname or ""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


def insist_on_free(port: int) -> None:
    """Raise `RunError` if another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise RunError(f"Port {port} is for root only. Choose another: make run PORT=8080") from error
        except OSError as error:
            raise RunError(
                f"Port {port} is in use. Stop the program that uses it, or choose another: make run PORT={port + 1}"
            ) from error


def manage(command: str, settings: Mapping[str, str], *arguments: str) -> str:
    """Run a command of manage.py to its end and return what it printed. Raises `RunError`."""
    done = subprocess.run(
        [sys.executable, "manage.py", command, *arguments],
        check=False,
        cwd=ROOT,
        env=dict(settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise RunError(f"{done.stdout}`manage.py {command}` failed; what it said is above.")
    return done.stdout


def web_server(port: int) -> Sequence[str]:
    """Return the command that serves the product on a port of this machine alone."""
    return [
        *(sys.executable, "-m", "ciam_portal", "--no-ws"),
        *(
            f"--host={HOST}",
            f"--port={port}",
            "--workers=1",
            f"--backlog={CONNECTIONS}",
            f"--backpressure={CONNECTIONS}",
        ),
        *("--http=1", *(f"--{name}={value}" for name, value in HEADS.items())),
        # A process that ended, of lack of memory say, comes back. One that is told to stop while it still begins to
        # serve never hears of it, and has to be killed.
        *("--respawn-failed-workers", "--respawn-interval=1", "--log-level=error", "--workers-kill-timeout=5"),
    ]


def answers(port: int) -> bool:
    """Whether the web server answers."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def banner(demo: Demo | None, settings: Mapping[str, str]) -> str:
    """Return what a person needs to know to begin. The settings hold PORT and CIAM_DATA_DIR."""
    lines = [("Portal", demo.portal_url if demo else f"{text('CIAM_BASE_URL', given=settings).rstrip('/')}/")]
    if demo:
        lines += [
            ("", f"sign in as {demo.administrator_email}, password {demo.administrator_password}"),
            ("Sign up", demo.sign_up_url),
            ("", "as a customer of the demo would"),
        ]
    if not text("EMAIL_URL", given=settings):
        lines += [
            ("Mail", "stays here: in the portal, choose a tenant, then Outbox"),
            ("", 'without the portal: make manage COMMAND="outbox --tenant home"'),
        ]
    lines += [("Data", settings["CIAM_DATA_DIR"]), ("Stop", "Ctrl-C")]
    return "\n".join(["", "  CIAM Portal is running.", "", *(f"  {name:9}{text}" for name, text in lines), ""])


def main() -> int:
    """Return the exit status: 0 when somebody stopped it, 1 when something went wrong."""
    with stop_signals_raise():
        try:
            run()
        except Stopped:
            print("\n  CIAM Portal has stopped.\n", flush=True)
            return 0
        except (WrongSetting, RunError, PostgresError, SupervisorError) as error:
            print(f"\n{error}\n", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
