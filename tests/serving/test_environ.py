"""What Django is handed of a request."""

from typing import Any

import pytest

from serving.environ import environ_of, put_body
from tests.serving.head import Head


class Sent(list[tuple[str, str]]):
    def items(self) -> list[tuple[str, str]]:
        return list(self)


def of(*headers: tuple[str, str], body: bytes = b"", **head: str) -> dict[str, Any]:
    environ = environ_of(Head(headers=Sent(headers), **head))  # type: ignore[arg-type]
    put_body(body, environ)
    return environ


def test_r34_a_header_with_underscores_takes_no_other_ones_place() -> None:
    environ = of(
        ("x-forwarded-for", "198.51.100.1"), ("x_forwarded_for", "192.0.2.66"), ("x-forwarded_for", "192.0.2.66")
    )
    assert environ["HTTP_X_FORWARDED_FOR"] == "198.51.100.1"


def test_headers_sent_several_times_are_joined() -> None:
    environ = of(("cookie", "a=1"), ("cookie", "b=2"), ("accept", "text/html"), ("accept", "*/*"))
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "text/html,*/*"


def test_the_length_is_that_of_the_body_that_was_read() -> None:
    environ = of(
        ("content-length", "9"), ("transfer-encoding", "chunked"), ("content-type", "text/plain"), body=b"four"
    )
    assert environ["CONTENT_LENGTH"] == "4"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert not {"HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"} & environ.keys()
    assert environ["wsgi.input"].read() == b"four"


@pytest.mark.parametrize(
    ("client", "address"), [("203.0.113.7:4711", "203.0.113.7"), ("[2001:db8::7]:4711", "2001:db8::7")]
)
def test_the_address_is_told_without_its_port(client: str, address: str) -> None:
    assert of(client=client)["REMOTE_ADDR"] == address


def test_paths_arrive_as_django_expects_their_bytes() -> None:
    assert of(path="/é")["PATH_INFO"] == "/é".encode().decode("latin-1")


def test_http2_names_the_host_in_its_authority() -> None:
    assert of(authority="acme.example", http_version="2")["HTTP_HOST"] == "acme.example"
