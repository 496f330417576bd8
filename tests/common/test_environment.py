"""A wrong setting stops the start, and says what to write instead."""

import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from common import environment
from common.environment import WrongSetting
from tests.house_rules.sources import settings_read

ROOT = Path(__file__).resolve().parents[2]
KEY = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
PRODUCTION = {
    "DATABASE_URL": "postgresql://ciam:x@db.example/ciam",
    "CIAM_BASE_URL": "https://login.example.com",
    "CIAM_SECRET_KEY": "not really random, but as various as what chance makes",
    "CIAM_ENCRYPTION_KEYS": f"k1:{KEY}",
    "EMAIL_URL": "smtp://mail.example.com",
    # Where nobody has ever said `make run`.
    "CIAM_DATA_DIR": tempfile.gettempdir(),
}


def given(**changes: str | None) -> dict[str, str]:
    return {name: value for name, value in (PRODUCTION | changes).items() if value is not None}


def start(**changes: str | None) -> str:
    """What `manage.py` says at its start with this environment; empty when it starts."""
    ran = subprocess.run(
        [sys.executable, "manage.py", "help"],
        env={"PATH": os.environ["PATH"]} | given(**changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stderr.strip() if ran.returncode else ""


def test_production_starts_with_everything_set() -> None:
    assert start() == ""


REFUSED: list[tuple[dict[str, str | None], str]] = [
    ({"CIAM_SECRET_KEY": None}, "at least 50 random characters"),
    ({"CIAM_SECRET_KEY": "short"}, "at least 50 random characters"),
    ({"CIAM_SECRET_KEY": "x" * 50}, "at least 50 random characters"),
    ({"CIAM_SECRET_KEY": "secret" * 10}, "at least 50 random characters"),
    ({"CIAM_SECRET_KEY_FILE": "/nowhere"}, "CIAM_SECRET_KEY_FILE names /nowhere, which can't be read"),
    ({"CIAM_ENCRYPTION_KEYS": None}, "32 random bytes in base64"),
    ({"CIAM_ENCRYPTION_KEYS": "k1:c2hvcnQ="}, "'k1' in CIAM_ENCRYPTION_KEYS has 5 bytes instead of 32"),
    ({"CIAM_ENCRYPTION_KEYS": "k1:!!"}, "isn't base64"),
    ({"CIAM_ENCRYPTION_KEYS": KEY}, "has no ID"),
    ({"CIAM_ENCRYPTION_KEYS": f"2026-08:{KEY}"}, "'2026-08' in CIAM_ENCRYPTION_KEYS may have letters and digits only"),
    ({"CIAM_ENCRYPTION_KEYS": f"k1:{KEY},k1:{KEY}"}, "stands twice"),
    ({"CIAM_ENCRYPTION_KEYS": f"k1:{'A' * 43}="}, "'k1' in CIAM_ENCRYPTION_KEYS isn't random"),
    ({"CIAM_ENCRYPTION_KEYS": f"k1:{KEY},old:{'A' * 43}="}, "'old' in CIAM_ENCRYPTION_KEYS isn't random"),
    ({"EMAIL_URL": None}, "smtp+tls://user:password@host:port"),
    ({"EMAIL_URL": "smtp+tls://user:half#other@host:587"}, "EMAIL_URL can't be read as an address"),
    ({"EMAIL_URL": "filemail:///nowhere/at/all"}, "names the folder /nowhere/at/all, which isn't there. Make it"),
    ({"EMAIL_URL": "filemail:///dev/null"}, "names the folder /dev/null, which isn't there"),
    ({"EMAIL_FROM": "Login <no-reply@example.com>"}, "EMAIL_FROM is 'Login <no-reply@example.com>'. Write one plain"),
    ({"CIAM_TENANT_MAIL_SERVERS": "private"}, "Write one of: none, public, any."),
    ({"CIAM_DNS_SERVERS": "dns.example.com"}, "CIAM_DNS_SERVERS is 'dns.example.com'. Write IP addresses separated"),
    ({"CIAM_DNS_SERVERS": "9.9.9.9:domain"}, "Write IP addresses separated by commas"),
    ({"DATABASE_URL": None}, "DATABASE_URL is missing. Write postgresql://user:password@host/database"),
    ({"DATABASE_URL": "ciam:x@db.example/ciam"}, "DATABASE_URL isn't the address of a PostgreSQL database. Write"),
    ({"DATABASE_URL": "mysql://x@y/z"}, "DATABASE_URL isn't the address of a PostgreSQL database. Write postgresql://"),
    ({"DATABASE_URL": "postgresql://ciam:x@db.example:54321234/ciam"}, "DATABASE_URL can't be read as an address"),
    ({"DATABASE_URL": "postgresql://ciam:half/x@db.example/ciam"}, "write / as %2F"),
    ({"DATABASE_URL": "postgresql://ciam:x@a:1,b:none/ciam"}, "DATABASE_URL can't be read as an address. A port"),
    (
        {"DATABASE_URL": "postgresql://ciam:x@db.example/ciam?chatty=1"},
        "DATABASE_URL isn't the address of a PostgreSQL",
    ),
    ({"DATABASE_URL": "postgresql://ciam:x@db.example"}, "DATABASE_URL names no database"),
    ({"CIAM_APP_DATABASE_URL": "db.example/ciam"}, "CIAM_APP_DATABASE_URL isn't the address of a PostgreSQL database"),
    ({"CIAM_APP_DATABASE_URL": "postgresql://a:x@db.example:port/ciam"}, "CIAM_APP_DATABASE_URL can't be read"),
    ({"CIAM_APP_DATABASE_URL": "mysql://x@y/z"}, "CIAM_APP_DATABASE_URL isn't the address of a PostgreSQL database"),
    (
        {"CIAM_APP_DATABASE_URL": "postgresql://a:x@other.example/ciam"},
        "lead to different places. Write the same hosts",
    ),
    ({"CIAM_APP_DATABASE_URL": "postgresql://a:x@db.example/shop"}, "lead to different places. Write the same hosts"),
    ({"CIAM_DATABASE_ROLE_PREFIX": "my roles"}, "CIAM_DATABASE_ROLE_PREFIX is 'my roles'. Write at most 50 letters"),
    ({"CIAM_DATABASE_ROLE_PREFIX": "r" * 51}, "Write at most 50 letters"),
    ({"CIAM_BASE_URL": "http://login.example.com"}, "need https"),
    ({"CIAM_BASE_URL": "login.example.com/x"}, "scheme and host only"),
    ({"CIAM_BASE_URL": "https://login.example.com/x"}, "scheme and host only"),
    ({"CIAM_BASE_URL": "https://login.example.com?x=1"}, "scheme and host only"),
    ({"CIAM_BASE_URL": "https://login.example.com?"}, "scheme and host only"),
    ({"CIAM_BASE_URL": "https://olga:x@login.example.com"}, "scheme and host only"),
    ({"CIAM_BASE_URL": "https://login example.com"}, "scheme and host only"),
    ({"CIAM_BASE_URL": "https://login.example.com:65536"}, "CIAM_BASE_URL can't be read as an address. Its port"),
    ({"CIAM_TENANT_ADDRESSING": "cookie"}, "path, host"),
    ({"PORT": "eighty"}, "whole number from 1 to 65535"),
    ({"CIAM_TRUSTED_PROXIES": "-1"}, "whole number from 0 to 10"),
    ({"CIAM_CLIENT_CERTIFICATE_HEADER": "X_Client_Cert"}, "name of a header, such as X-Client-Cert."),
    ({"CIAM_CLIENT_CERTIFICATE_HEADER": "X-Client-Cert", "CIAM_TRUSTED_PROXIES": "0"}, "CIAM_TRUSTED_PROXIES is 0"),
    ({"CIAM_CLIENT_CERTIFICATE_VERIFIED": "no way"}, "name of a header, such as X-Client-Cert, or never or always."),
    ({"CIAM_CLIENT_CERTIFICATE_PORT": "tls"}, "whole number from 0 to 65535"),
    ({"CIAM_BREACHES_URL": "https://breaches.example/range"}, "scheme and host only"),
    ({"CIAM_ACTIVITY_KEPT_DAYS": "0"}, "whole number from 7 to 3650"),
    ({"CIAM_ADMINISTRATION_KEPT_DAYS": "90"}, "whole number from 365 to 3650"),
    ({"CIAM_REGISTRATIONS_PER_HOUR": "0"}, "whole number from 1 to 10000"),
    ({"CIAM_WEB_THREADS": "1"}, "whole number from 2 to 64"),
    ({"CIAM_DATA_DIR": "/dev/null/ciam"}, "CIAM_DATA_DIR is '/dev/null/ciam', and no folder can be made there"),
    ({"CIAM_DATA_DIR": "/dev/null"}, "no folder can be made there"),
    ({"CIAM_LOG_LEVEL": "chatty"}, "CIAM_LOG_LEVEL is 'chatty'. Write one of: DEBUG, INFO, WARNING, ERROR."),
]


@pytest.mark.parametrize(("changes", "remedy"), REFUSED)
def test_a_wrong_or_missing_setting_is_refused_with_the_remedy(
    changes: dict[str, str | None], remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in {*os.environ} - {"PATH"}:
        monkeypatch.delenv(name)
    for name, value in given(**changes).items():
        monkeypatch.setenv(name, value)

    with pytest.raises((WrongSetting, ImproperlyConfigured)) as refused:
        runpy.run_path(str(ROOT / "ciam_portal" / "settings.py"))

    said = str(refused.value)
    assert remedy in said
    assert len(said.splitlines()) == 1
    assert "half" not in said


def test_what_is_refused_stops_the_start_with_this_one_line() -> None:
    said = start(CIAM_SECRET_KEY="short", CIAM_WEB_THREADS="1")

    assert said.startswith("CIAM_SECRET_KEY is missing, short or no random one.")
    assert len(said.splitlines()) == 1


def test_every_setting_is_tried_with_a_wrong_value() -> None:
    assert settings_read() <= {name for changes, _ in REFUSED for name, value in changes.items() if value is not None}


def test_two_logins_of_one_database_are_no_matter_of_spelling() -> None:
    assert start(CIAM_APP_DATABASE_URL="postgresql://app:x@db.example:5432/ciam") == ""


def test_a_local_installation_may_have_simple_secrets() -> None:
    local = {
        "CIAM_BASE_URL": "http://localhost:8000",
        "CIAM_SECRET_KEY": "x",
        "CIAM_ENCRYPTION_KEYS": f"k1:{'A' * 43}=",
    }

    assert start(**local) == ""


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv("ANY_SECRET_FILE", str(secret))
    assert environment.text("ANY_SECRET") == "from the file"


def test_every_reader_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NUMBER", "x")
    with pytest.raises(WrongSetting, match="A_NUMBER"):
        environment.whole_number("A_NUMBER", 1, low=0, high=9)
