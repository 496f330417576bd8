"""In front of Django: what the issuers publish, handed out from memory.

Clients fetch these documents more often than anything else, and they are the same for everybody. The answer kept is
the one Django gave, with all its headers but the request's ID, of which each has its own.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from common.database.caches import ANYTHING, ProcessCache
from common.web.current_request import HEADER
from oidc.middleware import DOCUMENTS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PROTOCOLS = (None, "http", "https")


class WholeAnswer(NamedTuple):
    """As WSGI has it (PEP 3333)."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class _NotKept(Exception):
    """Carries an answer that may be another one the next time."""

    def __init__(self, answer: WholeAnswer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class DocumentCache:
    """A WSGI application that answers for the one behind it until something, in whichever tenant, has changed."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._answers: ProcessCache[WholeAnswer] = ProcessCache()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _asks_for_document(environ):
            return self._application(environ, start_response)
        try:
            answer = _with_own_id(self._answers.get(ANYTHING, _key(environ), lambda: self._ask(environ)))
        except _NotKept as other:
            answer = other.answer
        start_response(answer.status, answer.headers)
        return [answer.body]

    def kept(self, environ: "WSGIEnvironment") -> WholeAnswer | None:
        """The answer, if it can be given without asking anybody: nothing waits for it."""
        answer = self._answers.peek(ANYTHING, _key(environ)) if _asks_for_document(environ) else None
        return _with_own_id(answer) if answer else None

    def _ask(self, environ: "WSGIEnvironment") -> WholeAnswer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        response = self._application(environ, lambda status, headers, *_: begun.append((status, headers)))  # type: ignore[arg-type]
        try:
            answer = WholeAnswer(*begun[-1], b"".join(response))
        finally:
            if hasattr(response, "close"):
                response.close()
        if not answer.status.startswith("200 "):
            raise _NotKept(answer)
        return answer._replace(headers=[each for each in answer.headers if each[0] != HEADER])


def _with_own_id(answer: WholeAnswer) -> WholeAnswer:
    return answer._replace(headers=[*answer.headers, (HEADER, str(uuid4()))])


def _key(environ: "WSGIEnvironment") -> tuple[str | None, ...]:
    """What the answer may depend on: the tenant, and whether the request came over https."""
    scheme = environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO")
    return (environ.get("HTTP_HOST"), environ["PATH_INFO"], *scheme)


def _asks_for_document(environ: "WSGIEnvironment") -> bool:
    return (
        environ["PATH_INFO"].endswith(DOCUMENTS)
        and environ["REQUEST_METHOD"] == "GET"
        and not environ.get("QUERY_STRING")
        and environ.get("HTTP_X_FORWARDED_PROTO") in PROTOCOLS
    )
