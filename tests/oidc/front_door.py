"""A browser or client that comes by the door in front of Django, as at a server."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from oidc.document_cache import DocumentCache
from oidc.fast_path import FastPath
from tests.browser import Browser


class FrontDoor:
    """Takes the place of the handler of Django's test client, and counts how often Django is asked."""

    def __init__(self, browser: Browser) -> None:
        self.asked = 0
        self.door = FastPath(DocumentCache(self._behind))
        self.sent: dict[str, Any] = {}
        self._django: Any = browser.handler
        browser.handler = self  # type: ignore[assignment]
        self._response: Any = None

    def __call__(self, environ: dict[str, Any]) -> Any:
        self.sent, said = dict(environ), []
        before = self.asked
        body = self.door(environ, lambda *start: said.append(start))  # type: ignore[arg-type, return-value]
        if self.asked > before:
            return self._response
        status, headers = said[-1][:2]
        response = HttpResponse(b"".join(body), status=int(status[:3]), headers=dict(headers))
        response.wsgi_request = HttpRequest()  # type: ignore[attr-defined]
        return response

    def _behind(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        self._response = self._django(environ)
        start_response(
            f"{self._response.status_code} {self._response.reason_phrase}", list(self._response.headers.items())
        )
        return [self._response.content]
