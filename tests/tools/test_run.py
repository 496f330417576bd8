"""`make run` says what is in its way, and where to begin."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from common.environment import WrongSetting
from tools import run
from tools.installation import ROOT
from tools.run import Demo, RunError

DEMO = {
    "administrator_email": "ada@example.com",
    "administrator_password": "correct horse",
    "portal_url": "http://localhost:8000/",
    "sign_up_url": "http://localhost:8000/t/acme/sign-up/",
    "tenants": ["acme", "globex"],
}


def test_a_port_in_use_is_named_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(RunError, match=rf"Port {port} is in use.*make run PORT={port + 1}"):
            run.insist_on_free(port)


@pytest.mark.parametrize("port", ["http", "-1", "0", "65536", "８０００"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(WrongSetting, match=r"PORT is .* from 1 to 65535"):
        run.run()


def test_the_port_may_stand_in_a_file_like_any_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "port"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        file.write_text(f"{other.getsockname()[1]}\n")
        monkeypatch.delenv("PORT", raising=False)
        monkeypatch.setenv("PORT_FILE", str(file))

        with pytest.raises(RunError, match=f"Port {other.getsockname()[1]} is in use"):
            run.run()


@pytest.mark.parametrize("program", ["tools.run", "tools.manage"])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"PORT": "http"}, "PORT is 'http'. Write a whole number from 1 to 65535."),
        ({"CIAM_DATA_DIR": "/dev/null/var"}, "CIAM_DATA_DIR is /dev/null/var"),
        ({"DATABASE_URL": "postgresql://ciam:x@127.0.0.1:1/ciam"}, "The database at 127.0.0.1, port 1, can't be used"),
    ],
)
def test_what_is_in_the_way_is_said_in_a_sentence(
    program: str, wrong: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    given = {
        "DATABASE_URL": "postgresql://ciam:x@127.0.0.1:1/ciam",
        "CIAM_DATA_DIR": str(tmp_path),
        "PORT": free_port(),
    }
    arguments = ["upgrade"] if program == "tools.manage" else []
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        env={"PATH": os.environ["PATH"]} | given | wrong,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_the_demo_is_read_from_the_last_line() -> None:
    demo = Demo.parse(f"Making two tenants\n{json.dumps(DEMO)}\n")

    assert demo.administrator_email == "ada@example.com"
    assert demo.sign_up_url == "http://localhost:8000/t/acme/sign-up/"


def test_the_banner_says_how_to_read_mail_without_the_portal() -> None:
    banner = run.banner(Demo.parse(json.dumps(DEMO)), {"CIAM_DATA_DIR": "var"})
    assert 'make manage COMMAND="outbox --tenant home"' in banner


def test_the_banner_says_where_to_begin() -> None:
    banner = run.banner(Demo.parse(json.dumps(DEMO)), {"CIAM_DATA_DIR": "var"})

    for words in ("http://localhost:8000/", "ada@example.com", "correct horse", "/t/acme/sign-up/", "Outbox", "Ctrl-C"):
        assert words in banner


def test_where_mail_leaves_there_is_no_outbox_to_look_into() -> None:
    banner = run.banner(Demo.parse(json.dumps(DEMO)), {"CIAM_DATA_DIR": "var", "EMAIL_URL": "smtp://mail.example.com"})

    assert "Outbox" not in banner


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("", True),
        ("http://localhost:8080", True),
        ("http://ciam.localhost", True),
        ("https://login.example.com", False),
        ("https://localhost.example.com", False),
    ],
)
def test_only_this_machine_gets_a_demo(address: str, local: bool) -> None:
    assert run.is_local({"CIAM_BASE_URL": address}) is local


def test_without_a_demo_the_banner_gives_the_address_alone() -> None:
    banner = run.banner(None, {"CIAM_DATA_DIR": "var", "CIAM_BASE_URL": "https://login.example.com"})

    assert "https://login.example.com/" in banner
    assert "password" not in banner


def test_nothing_answers_at_a_port_nobody_listens_on() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))

        assert not run.answers(probe.getsockname()[1])
