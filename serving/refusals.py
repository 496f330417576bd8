"""What is answered without Django: JSON for machines, a page for browsers."""

import json
from functools import lru_cache
from http import HTTPStatus
from uuid import uuid4

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from common.current_request import HEADER
from common.http import NOTHING_WAS_DONE
from serving.protocol import Connection, Scope

RETRY_AFTER = "5"
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


class Refusals:
    """The answers, made once: a page in each language, a document for machines."""

    def __init__(self) -> None:
        self._pages: dict[tuple[HTTPStatus, str], bytes] = {}
        for language, _ in settings.LANGUAGES:
            with translation.override(language):
                for status, name in TEMPLATES.items():
                    page = render_to_string(f"errors/{name}.html", {"start_url": "/"})
                    self._pages[status, language] = page.encode()
        self._documents = {
            status: json.dumps({"error": CODES.get(status, "invalid_request"), "error_description": sentence}).encode()
            for status, sentence in SENTENCES.items()
        }

    def send(self, status: HTTPStatus, scope: Scope, connection: Connection, *, closes: bool = False) -> None:
        """Answer with the status, as a page if the sender reads pages; `closes`: the connection ends with it."""
        is_page = "text/html" in scope.headers.get("accept", "")
        language = _language(scope.headers.get("accept-language", ""))
        body = self._pages[status, language] if is_page else self._documents[status]
        headers = [
            ("content-type", "text/html; charset=utf-8" if is_page else "application/json"),
            ("content-length", str(len(body))),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            (HEADER.lower(), str(uuid4())),
        ]
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers += [("retry-after", RETRY_AFTER), NOTHING_WAS_DONE]
        if closes and scope.http_version != "2":
            headers.append(("connection", "close"))
        connection.response_bytes(status, headers, body)


@lru_cache(maxsize=500)
def _language(accepted: str) -> str:
    """The first of the browser's languages that the product speaks."""
    for language, _ in parse_accept_lang_header(accepted):
        try:
            return translation.get_supported_language_variant(language)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
