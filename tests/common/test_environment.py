"""A wrong setting stops the start, and says what to write instead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from common import environment
from common.environment import WrongSetting

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DATABASE_URL": "postgresql://ciam:x@db.example/ciam",
    "CIAM_BASE_URL": "https://login.example.com",
    "CIAM_SECRET_KEY": "x" * 50,
    "CIAM_ENCRYPTION_KEYS": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "EMAIL_URL": "smtp://mail.example.com",
}


def start(**changes: str | None) -> str:
    """What the settings say when read with this environment; empty when they are fine."""
    given = {name: value for name, value in (PRODUCTION | changes).items() if value is not None}
    ran = subprocess.run(
        [sys.executable, "-c", "import ciam_portal.settings"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | given,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stderr.strip().splitlines()[-1] if ran.returncode else ""


def test_production_starts_with_everything_set() -> None:
    assert start() == ""


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"CIAM_SECRET_KEY": None}, "at least 50 random characters"),
        ({"CIAM_SECRET_KEY": "short"}, "at least 50 random characters"),
        ({"CIAM_ENCRYPTION_KEYS": None}, "32 random bytes in base64"),
        ({"CIAM_ENCRYPTION_KEYS": "k1:c2hvcnQ="}, "32 bytes in base64"),
        ({"CIAM_ENCRYPTION_KEYS": "k1:!!"}, "isn't base64"),
        ({"EMAIL_URL": None}, "smtp+tls://user:password@host:port"),
        ({"DATABASE_URL": None}, "postgresql://user:password@host/database"),
        ({"DATABASE_URL": "mysql://x@y/z"}, "PostgreSQL"),
        ({"CIAM_BASE_URL": "http://login.example.com"}, "need https"),
        ({"CIAM_BASE_URL": "login.example.com/x"}, "scheme and host only"),
        ({"CIAM_TENANT_ADDRESSING": "cookie"}, "path, host"),
        ({"PORT": "eighty"}, "whole number from 1 to 65535"),
        ({"CIAM_TRUSTED_PROXIES": "-1"}, "whole number from 0 to 10"),
        ({"CIAM_SECRET_KEY_FILE": "/nowhere"}, "can't be read"),
    ],
)
def test_a_wrong_or_missing_setting_stops_the_start_with_the_remedy(
    changes: dict[str, str | None], remedy: str
) -> None:
    assert remedy in start(**changes)


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv("ANY_SECRET_FILE", str(secret))
    assert environment.text("ANY_SECRET") == "from the file"


def test_every_reader_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NUMBER", "x")
    with pytest.raises(WrongSetting, match="A_NUMBER"):
        environment.whole_number("A_NUMBER", 1, low=0, high=9)
