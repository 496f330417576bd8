"""What is told without Django to whoever came among too many: a page that waits, or one that loads again by itself."""

from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, cast

import pytest

from serving.protocol import Connection, HttpScope
from serving.refusals import Refusals

FORM = b"csrfmiddlewaretoken=abc&password=secret"


@pytest.fixture(scope="module")
def refusals() -> Refusals:
    return Refusals()


def refused(
    refusals: Refusals, method: str, body: bytes = b"", *, language: str = "en"
) -> tuple[int, dict[str, str], str]:
    """Status, headers and content of what is answered."""
    answers: list[Any] = []
    scope = SimpleNamespace(
        method=method, http_version="1.1", headers={"accept": "text/html", "accept-language": language}
    )
    connection = SimpleNamespace(response_bytes=lambda *answer: answers.append(answer))
    refusals.send(HTTPStatus.SERVICE_UNAVAILABLE, cast(HttpScope, scope), cast(Connection, connection), body)
    ((status, told, content),) = answers
    return int(status), dict(told), content.decode()


def test_a_page_that_waits_stays_as_it_is(refusals: Refusals) -> None:
    status, headers, content = refused(refusals, "POST", FORM + b"&this-press=k3j2h1")
    assert (status, content) == (204, "")
    assert headers["set-cookie"].startswith("busy=k3j2h1.")


@pytest.mark.parametrize("said", [b"", b"&this-press=", b"&this-press=a%0d%0aSet-Cookie:", b"&this-press=abc&x=y"])
def test_any_other_form_gets_a_page_that_says_so(refusals: Refusals, said: bytes) -> None:
    status, headers, content = refused(refusals, "POST", FORM + said)
    assert status == 503
    assert "Try again in a moment" in content
    assert "refresh" not in headers
    assert "set-cookie" not in headers


def test_a_page_that_was_only_asked_for_loads_again_by_itself(refusals: Refusals) -> None:
    _, headers, content = refused(refusals, "GET", language="de-AT,de;q=0.9,en;q=0.5")
    assert headers["refresh"] == headers["retry-after"]
    assert "Versuchen Sie es gleich noch einmal" in content


def test_each_page_names_the_id_of_its_own_answer(refusals: Refusals) -> None:
    for _ in range(2):
        _, headers, content = refused(refusals, "GET")
        begins = headers["x-request-id"].upper()
        assert f"{begins[:4]}-{begins[4:8]}</bdi>" in content
        assert int(headers["content-length"]) == len(content.encode())
