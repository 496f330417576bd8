"""What has to be set before Django's settings are read: a private database server, and an environment of its own.

Loaded as a plugin by name (`-p tests.environment`), because pytest-django reads the settings before any conftest.
"""

import os
import socket
import tempfile
from pathlib import Path

from tools.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parent.parent


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


data_dir = Path(tempfile.mkdtemp(prefix="ciam-test-"))
# WhiteNoise warns of a folder that isn't there; the tests' static files come from the finders.
(data_dir / "static").mkdir()
server = EmbeddedPostgres(ROOT / "var" / "test", disposable=True)
for name in [name for name in os.environ if name.startswith("CIAM_") or name in {"EMAIL_URL", "DATABASE_URL", "PORT"}]:
    del os.environ[name]
os.environ |= {
    "DATABASE_URL": server.start(),
    "DJANGO_SETTINGS_MODULE": "tests.settings",
    "PORT": str(_free_port()),
    "CIAM_SECRET_KEY": "the secret key of the tests, long enough to look like one",
    "CIAM_DATABASE_ROLE_PREFIX": "ciamtest",
    "CIAM_DATA_DIR": str(data_dir),
}
