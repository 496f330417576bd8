"""What the environment leaves open is filled in once, and stays."""

import base64
import stat
from pathlib import Path
from typing import ClassVar

import pytest

from tools import installation
from tools.installation import environment, missing_secrets


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
