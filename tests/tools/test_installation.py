"""What the environment leaves open is filled in once, and stays."""

import base64
import stat
from pathlib import Path

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


@pytest.mark.parametrize("started_here", [True, False])
def test_a_database_is_stopped_only_by_who_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started_here: bool
) -> None:
    calls: list[str] = []

    class Server:
        def __init__(self, data_dir: Path) -> None:
            self.started_here = started_here

        def start(self) -> str:
            calls.append("start")
            return "postgresql://embedded"

        def stop(self) -> None:
            calls.append("stop")

    monkeypatch.setattr(installation, "EmbeddedPostgres", Server)

    with environment({"CIAM_DATA_DIR": str(tmp_path)}) as completed:
        assert completed["DATABASE_URL"] == "postgresql://embedded"

    assert calls == (["start", "stop"] if started_here else ["start"])
