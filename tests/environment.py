"""What has to be set before Django's settings are read: a private database server, and an environment of its own.

Loaded as a plugin by name (`-p tests.environment`), because pytest-django reads the settings before any conftest. Each
process of a run (`-n auto`) loads it, and has a port and a folder of its own; the server is everybody's.
"""

import gc
import os
import random
import shutil
import socket
import tempfile
from pathlib import Path

import psycopg
import pytest

from tools.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent
# Below the ports that systems give to whoever calls out: there another process could take ours between two tests.
PORTS = range(20_000, 32_000)


def _reserved_port() -> socket.socket:
    """A port of this machine that nobody else is given as long as the socket lives, though nobody listens at it yet."""
    while True:
        reserved = socket.socket()
        try:
            reserved.bind(("127.0.0.1", random.SystemRandom().choice(PORTS)))
        except OSError:
            reserved.close()
        else:
            # From here on whoever says the same may bind it as well: the server of each test.
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return reserved


# What is imported and collected stays; to look through it again and again takes a quarter of the time.
gc.disable()
data_dir = Path(tempfile.mkdtemp(prefix="ciam-test-"))
# WhiteNoise warns of a folder that isn't there; the tests' static files come from the finders.
(data_dir / "static").mkdir()
port = _reserved_port()
server = EmbeddedPostgres(ROOT / "var" / "test", disposable=True, in_memory=True)
for name in [name for name in os.environ if name.startswith("CIAM_") or name in {"EMAIL_URL", "DATABASE_URL", "PORT"}]:
    del os.environ[name]
os.environ |= {
    "DATABASE_URL": server.start(),
    "DJANGO_SETTINGS_MODULE": "tests.settings",
    "PORT": str(port.getsockname()[1]),
    "CIAM_SECRET_KEY": "the secret key of the tests, long enough to look like one",
    "CIAM_DATABASE_ROLE_PREFIX": "ciamtest",
    "CIAM_DATA_DIR": str(data_dir),
    "CIAM_DNS_SERVERS": "127.0.0.1:9",
}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Tidy up, and stop the server if it was started here and nobody else uses it."""
    port.close()
    shutil.rmtree(data_dir, ignore_errors=True)
    if server.started_here and not _others():
        server.stop()


def _others() -> int:
    """How many connections to the tests' databases there are: those of another run."""
    with psycopg.connect(server.superuser_url()) as administration:
        (others,) = administration.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'ciam%' AND pid <> pg_backend_pid()"
        ).fetchone() or (0,)
    return int(others)
