"""What is answered without Django: JSON for machines, a page for browsers."""

import json
from functools import cache
from http import HTTPStatus
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from common.web.current_request import HEADER, reference_of
from common.web.http import NOTHING_WAS_DONE
from common.web.waiting import COOKIE, COOKIE_SECONDS, cookie_for, press_in, seconds_to_wait
from serving.protocol import Connection, HttpScope

# RFC 6749 section 5.2, and section 4.1.2.1 for a server that can't answer for now.
CODES = {
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
}
SENTENCES = {
    HTTPStatus.BAD_REQUEST: "The length of the body, or whom the request comes from, can't be read.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.REQUEST_TIMEOUT: "The body took too long to arrive.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many requests are waiting. Try again shortly.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong.",
}
TEMPLATES = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.REQUEST_TIMEOUT: "bad_request",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "unavailable",
}
NOT_KEPT = ("cache-control", "no-store")
# What stands in a page that is made once, where each answer has its own.
ANY_REFERENCE = "0000-0000"


class Refusals:
    """The answers: pages in the languages that are asked for, made once each, and a document for machines."""

    def __init__(self) -> None:
        # What most are told stands ready. All languages would be 35 MB of catalogues that few processes ever need.
        _pages_in(settings.LANGUAGE_CODE)
        self._documents = {
            status: json.dumps({"error": CODES.get(status, "invalid_request"), "error_description": sentence}).encode()
            for status, sentence in SENTENCES.items()
        }

    def send(
        self, status: HTTPStatus, scope: HttpScope, connection: Connection, body: bytes = b"", *, closes: bool = False
    ) -> None:
        """Answer with the status, as a page if the sender reads pages; `closes`: the connection ends with it.

        Of who is to try again a page of ours stays as it is and waits, if the `body` says so; one that was only asked
        for loads again by itself.
        """
        is_busy = status == HTTPStatus.SERVICE_UNAVAILABLE
        if is_busy and (press := press_in(body)):
            connection.response_bytes(HTTPStatus.NO_CONTENT, [NOT_KEPT, ("set-cookie", _cookie(press))], b"")
            return
        is_page = "text/html" in scope.headers.get("accept", "")
        request_id = uuid4()
        content = _page(status, scope, reference_of(request_id)) if is_page else self._documents[status]
        headers = [
            ("content-type", "text/html; charset=utf-8" if is_page else "application/json"),
            ("content-length", str(len(content))),
            NOT_KEPT,
            ("x-content-type-options", "nosniff"),
            (HEADER.lower(), str(request_id)),
        ]
        if is_busy:
            seconds = str(seconds_to_wait())
            headers += [("retry-after", seconds), NOTHING_WAS_DONE]
            if is_page and scope.method == "GET":
                headers.append(("refresh", seconds))
        if closes and scope.http_version != "2":
            headers.append(("connection", "close"))
        connection.response_bytes(status, headers, content)


def _page(status: HTTPStatus, scope: HttpScope, reference: str) -> bytes:
    return _pages_in(_language_of(scope))[status].replace(ANY_REFERENCE.encode(), reference.encode())


@cache
def _pages_in(language: str) -> dict[HTTPStatus, bytes]:
    context = {"start_url": "/", "reference": ANY_REFERENCE}
    with translation.override(language):
        return {status: render_to_string(f"errors/{name}.html", context).encode() for status, name in TEMPLATES.items()}


def _language_of(scope: HttpScope) -> str:
    """What the browser asks for, as far as customer pages speak it."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = scope.headers.get("accept-language", "")
    return translation.get_language_from_request(request)


def _cookie(press: str) -> str:
    """A cookie that the page reads that waits."""
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    return f"{COOKIE}={cookie_for(press)}; Max-Age={COOKIE_SECONDS}; Path=/; SameSite=Lax{secure}"
