"""`make run` says what is in its way, and where to begin."""

import json
import socket

import pytest

from tools import run
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
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(RunError, match=r"PORT must be a number"):
        run.chosen_port({"PORT": port})


@pytest.mark.parametrize(("given", "port"), [({}, 8000), ({"PORT": ""}, 8000), ({"PORT": "8080"}, 8080)])
def test_the_port_is_8000_unless_chosen(given: dict[str, str], port: int) -> None:
    assert run.chosen_port(given) == port


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
