"""The one password of everybody in the demo: made at its first run, and kept beside the installation's other data."""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings

PASSWORD_BYTES = 12


def demo_password() -> tuple[str, bool]:
    """The password, and whether it was made just now."""
    path = _file()
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["password"]), False
    except FileNotFoundError:
        password = secrets.token_urlsafe(PASSWORD_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Never readable by others, not even for the moment between making the file and closing it to them.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as kept:
        json.dump({"password": password}, kept)
    return password, True


def _file() -> Path:
    return Path(settings.CIAM_DATA_DIR) / "demo.json"
