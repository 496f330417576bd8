"""What a script sees: exit codes, and which stream says what."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from commands.answers import OPTION_OF_FIELD, sentences
from common.problems import Code, Problem, Refused
from tests import database
from tests.commands.shell import Shell, opened

MANAGE = Path(settings.BASE_DIR) / "manage.py"


@pytest.fixture(scope="module")
def environment(django_db_setup: None) -> dict[str, Any]:
    """This run's database, for another process."""
    return {**os.environ, "DATABASE_URL": database.address(), "DJANGO_SETTINGS_MODULE": "ciam_portal.settings"}


@pytest.fixture(scope="module")
def shell(environment: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    with opened(environment, tmp_path_factory.mktemp("shell")) as shell:
        yield shell


def test_an_answer_is_one_line_of_json_on_stdout(environment: Any, db: None) -> None:
    done = subprocess.run(
        [sys.executable, MANAGE, "tenant", "show", "--tenant", "acme", "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert json.loads(done.stdout)["domain"] == "acme"


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "show", "--tenant", b"ac\xffme"),
        ("customer", "create", "--tenant", "acme", "--email", b"jos\xe9@acme.example"),
        ("group", "create", "--tenant", "acme", "--name", b"\xc3\x28"),
        ("application", "register", "--tenant", "acme", "--name", "A", "--type", "web", "--redirect-uri", b"\xfe"),
        ("tenant", b"\xff"),
        (b"\xff",),
    ],
    ids=str,
)
def test_bytes_that_are_no_text_are_answered_by_a_sentence(shell: Shell, words: Any) -> None:
    done = shell.run(words)

    assert done.returncode != 0
    assert b"Traceback" not in done.stderr
    assert b"UTF-8" in done.stderr or b"\\udcff" in done.stderr


def test_a_password_or_a_file_that_is_no_text_is_answered_by_a_sentence(shell: Shell, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_bytes(b'{"keys": "\xff"}')
    for words in (
        ("customer", "create", "--tenant", "acme", "--email", "jose@acme.example", "--password-stdin"),
        ("application", "register", "--tenant", "acme", "--name", "A", "--type", "service", "--auth-method",
         "private_key_jwt", "--jwks", str(keys)),
    ):  # fmt: skip
        done = shell.run(words, typed=b"se\xffcret\n")

        assert done.returncode == 1
        assert b"UTF-8" in done.stderr, done.stderr
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("tenant", "show", "--tenant", "nowhere", "--json"), "no tenant with the domain “nowhere”"),
        (("tenant", "frobnicate"), "invalid choice"),
        (("application", "register", "--tenant", "acme", "--name", "A", "--type", "web", "--auth-method",
          "private_key_jwt"), "Paste the public keys"),
    ],
)  # fmt: skip
def test_an_error_is_a_sentence_on_stderr(shell: Shell, words: Any, sentence: str) -> None:
    done = shell.run(words)

    assert done.returncode != 0
    assert done.stdout == b""
    assert sentence in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("field", "option"), sorted(OPTION_OF_FIELD.items()))
def test_an_error_names_an_option_that_exists(field: Any, option: Any) -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")

    assert f"`{option}" in page
    assert sentences(Refused([Problem(Code.INVALID, field, "Mend it.")])) == f"{option}: Mend it."


def test_a_field_without_a_name_of_its_own_is_the_option_of_the_same_words() -> None:
    assert sentences(Refused([Problem(Code.INVALID, "idle_minutes", "Mend it.")])) == "--idle-minutes: Mend it."


@pytest.mark.django_db(transaction=True)
def test_the_worker_stops_when_told_to(environment: Any) -> None:
    worker = subprocess.Popen([sys.executable, MANAGE, "worker"], env=environment, stderr=subprocess.PIPE, text=True)
    assert worker.stderr is not None
    assert "Starting worker" in worker.stderr.readline()
    time.sleep(0.5)
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=20)

    assert worker.returncode == 0, said
