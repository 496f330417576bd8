"""What the environment leaves open is filled in once, and stays."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from tools import installation
from tools.installation import as_started, beside_make_run, environment, missing_secrets, remember_start


def test_secrets_are_made_once_and_kept_from_other_people(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"

    made = missing_secrets({}, file)

    assert missing_secrets({}, file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    name, _, key = made["CIAM_ENCRYPTION_KEYS"].partition(":")
    assert name.isalnum()
    assert len(base64.b64decode(key, validate=True)) == 32
    assert len(made["CIAM_SECRET_KEY"]) >= 50


def test_a_secret_that_was_given_is_not_replaced(tmp_path: Path) -> None:
    given = {"CIAM_SECRET_KEY": "given", "CIAM_ENCRYPTION_KEYS_FILE": "/run/secrets/keys"}

    assert missing_secrets(given, tmp_path / "secrets.env") == {}
    assert list(tmp_path.iterdir()) == []


def test_a_secret_no_longer_given_is_made_beside_those_kept(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    first = missing_secrets({"CIAM_SECRET_KEY": "given"}, file)

    both = missing_secrets({}, file)

    assert both["CIAM_ENCRYPTION_KEYS"] == first["CIAM_ENCRYPTION_KEYS"]
    assert both["CIAM_SECRET_KEY"]


def test_a_database_that_was_given_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "EmbeddedPostgres", None)
    given = {"CIAM_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "postgresql://somewhere/else"}

    with environment(given) as completed:
        assert completed["DATABASE_URL"] == given["DATABASE_URL"]
        assert completed["CIAM_DATA_DIR"] == given["CIAM_DATA_DIR"]


class Server:
    """Stands in for the embedded PostgreSQL and notes what is asked of it."""

    found_running = False
    home = Path("/nowhere")
    calls: ClassVar[list[str]] = []

    def __init__(self, data_dir: Path) -> None:
        self.started_here = not self.found_running

    def start(self) -> str:
        self.calls.append("start")
        return "postgresql://embedded"

    def stop(self) -> None:
        self.calls.append("stop")


@pytest.mark.parametrize("found_running", [True, False])
def test_a_database_is_stopped_only_by_who_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found_running: bool
) -> None:
    monkeypatch.setattr(installation, "EmbeddedPostgres", Server)
    monkeypatch.setattr(Server, "found_running", found_running)
    monkeypatch.setattr(Server, "calls", [])

    with environment({"CIAM_DATA_DIR": str(tmp_path)}) as completed:
        assert completed["DATABASE_URL"] == "postgresql://embedded"

    assert Server.calls == (["start"] if found_running else ["start", "stop"])


@pytest.mark.parametrize(("home", "said"), [("elsewhere", True), ("data/postgres", False)])
def test_a_database_outside_the_data_folder_is_pointed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: str, said: bool
) -> None:
    monkeypatch.setattr(installation, "EmbeddedPostgres", Server)
    monkeypatch.setattr(Server, "home", tmp_path / home)

    with environment({"CIAM_DATA_DIR": str(tmp_path / "data")}):
        pass

    assert (str(tmp_path / home) in capsys.readouterr().out) is said


def test_a_command_beside_the_running_product_is_told_what_that_was_started_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "EmbeddedPostgres", Server)
    monkeypatch.setattr(Server, "found_running", True)
    here = {"CIAM_DATA_DIR": str(tmp_path)}
    remember_start({**here, "PORT": "8123", "EMAIL_URL": "smtp://mail.example", "HOME": "/root"})
    assert stat.S_IMODE((tmp_path / "started.env").stat().st_mode) == 0o600

    given = {**here, "PORT": ""}
    with beside_make_run(given):
        assert given["DATABASE_URL"] == "postgresql://embedded"
        assert (given["PORT"], given["EMAIL_URL"]) == ("8123", "smtp://mail.example")
        assert "HOME" not in given
    assert as_started({**here, "PORT": "9000"})["PORT"] == "9000"


def test_who_names_a_database_or_never_started_anything_here_gets_nothing_of_ours(tmp_path: Path) -> None:
    never = {"CIAM_DATA_DIR": str(tmp_path / "never")}
    with beside_make_run(given := dict(never)):
        assert given == never
    assert not (tmp_path / "never").exists()

    remember_start({"CIAM_DATA_DIR": str(tmp_path), "PORT": "8123"})
    elsewhere = {"CIAM_DATA_DIR": str(tmp_path), "CIAM_APP_DATABASE_URL": "postgresql://app@db.example/ciam"}
    with beside_make_run(given := dict(elsewhere)):
        assert given == elsewhere


@pytest.mark.long
def test_a_command_prints_the_addresses_of_the_product_that_runs(tmp_path: Path) -> None:
    """`./manage.py`, and `make manage`: neither is told of port or database."""
    here = {"CIAM_DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    remember_start({**here, "PORT": "8123", "DATABASE_URL": os.environ["DATABASE_URL"]})
    for command in (["manage.py"], ["-m", "tools.manage"]):
        said = subprocess.run(
            [
                sys.executable,
                *command,
                "shell",
                "-c",
                "from django.conf import settings; print(settings.CIAM_BASE_URL)",
            ],
            cwd=installation.ROOT,
            env=here,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert said.splitlines()[-1] == "http://localhost:8123"
