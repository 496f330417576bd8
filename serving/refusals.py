"""What is answered without Django: JSON for machines, a page for browsers."""

import json
from http import HTTPStatus

from django.template.loader import render_to_string

from serving.protocol import Connection, Scope

RETRY_AFTER = "5"
# RFC 6749 section 5.2, and section 4.1.2.1 for a server that can't answer for now.
CODES = {
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
}
SENTENCES = {
    HTTPStatus.BAD_REQUEST: "The length of the body isn't a number.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.REQUEST_TIMEOUT: "The body took too long to arrive.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many requests are waiting. Try again shortly.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong.",
}
UNAVAILABLE = frozenset(CODES)


class Refusals:
    """The answers, made once."""

    def __init__(self) -> None:
        wrong = render_to_string("errors/bad_request.html", {"start_url": "/"}).encode()
        broken = render_to_string("errors/unavailable.html").encode()
        self._pages = {status: broken if status in UNAVAILABLE else wrong for status in SENTENCES}
        self._documents = {
            status: json.dumps({"error": CODES.get(status, "invalid_request"), "error_description": sentence}).encode()
            for status, sentence in SENTENCES.items()
        }

    def send(self, status: HTTPStatus, scope: Scope, connection: Connection, *, closes: bool = False) -> None:
        """Answer with the status, as a page if the sender reads pages; `closes`: the connection ends with it."""
        is_page = "text/html" in scope.headers.get("accept", "")
        body = (self._pages if is_page else self._documents)[status]
        headers = [
            ("content-type", "text/html; charset=utf-8" if is_page else "application/json"),
            ("content-length", str(len(body))),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ]
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("retry-after", RETRY_AFTER))
        if closes and scope.http_version != "2":
            headers.append(("connection", "close"))
        connection.response_bytes(status, headers, body)
