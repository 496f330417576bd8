"""The request being answered, for what is far from it: events and log lines say which one they belong to.

Each request gets an ID of our own making, told in the header `X-Request-ID` of its answer. One that a client sends is
not believed: it could be anybody's, or a line of text for the log.
"""

import logging
import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar, cast
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse

from common.web.browsers import name_of_browser
from common.web.http import UNKNOWN_IP, Head, client_ip
from common.web.waiting import patience_left

HEADER = "X-Request-ID"
Value = TypeVar("Value")
MAILED = re.compile(r"(/(?:invitation|link|open|owner|recovery|undo)/)[^\s/?&\"']+")


@dataclass(frozen=True)
class CurrentRequest:
    """A request and its ID. What it says of its sender is read only when somebody asks."""

    id: UUID
    request: Head
    # What was found out for it, by name.
    found_out: dict[Hashable, object] = field(default_factory=dict)

    @property
    def ip(self) -> str | None:
        """The address of the browser or client; None if the request doesn't tell."""
        ip = client_ip(self.request)
        return None if ip == UNKNOWN_IP else ip

    @property
    def patience_left(self) -> float:
        """For how many more seconds it may wait."""
        return patience_left(self.request.META)

    @property
    def browser(self) -> str:
        """Roughly which browser it is, such as "Firefox, Android"; empty if it can't be told."""
        return name_of_browser(self.request.META.get("HTTP_USER_AGENT", ""))


_current: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)


def current_request() -> CurrentRequest | None:
    """The request being answered; None in a command or a job."""
    return _current.get()


@contextmanager
def answering(request: Head) -> Iterator[CurrentRequest]:
    """Have this be the request being answered. One that the front has begun to answer keeps the ID it has there."""
    begun = _current.get()
    if begun is not None and begun.request.META is request.META:
        yield begun
        return
    current = CurrentRequest(uuid4(), request)
    token = _current.set(current)
    try:
        yield current
    finally:
        _current.reset(token)


def once_a_request(name: Hashable, find_out: Callable[[], Value]) -> Value:
    """What several parts of one page ask for and nothing of the page changes: found out once, under this name.

    In a command or a job it is found out each time.
    """
    current = _current.get()
    if current is None:
        return find_out()
    if name not in current.found_out:
        current.found_out[name] = find_out()
    return cast(Value, current.found_out[name])


def reference_of(request_id: UUID) -> str:
    """What of a request's ID stands on the pages of errors: short enough to be read aloud, and found in the log."""
    digits = request_id.hex.upper()
    return f"{digits[:4]}-{digits[4:8]}"


def reference() -> str:
    """The same of the request being answered; "" in a command or a job."""
    current = _current.get()
    return reference_of(current.id) if current else ""


class RequestIdMiddleware:
    """Gives each request its ID. Stands before all others, so that whatever they log or record bears it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with answering(request) as current:
            request.request_id = current.id  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers[HEADER] = str(current.id)
        return response


class WithRequestId(logging.Filter):
    """Lets a log line say which request it belongs to: `request_id`, or "-" outside of any.

    What Django logs about an answer comes after all middleware, and names its request instead.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        current = current_request()
        told = current.id if current else getattr(getattr(record, "request", None), "request_id", "-")
        record.request_id = str(told)
        return True


class WithoutSendersTraces(logging.Filter):
    """Leaves out the traceback of an answer that tells a sender what they did wrong: anybody can have thousands."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = None
        return True


class WithoutMailedTokens(logging.Filter):
    """Leaves out of a line the end of an address that was mailed to somebody: it opens or ends something."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = MAILED.sub(r"\1…", said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True
