"""What granian hands over (RSGI 1.6), as far as it is used here."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any, Protocol


class Headers(Protocol):
    """A request's headers, their names in lower case.

    A value that isn't ASCII is left out, though its name is `in` them; of several lines `get` tells the first.
    """

    def __contains__(self, key: str) -> bool: ...
    def get(self, key: str, default: Any = None) -> Any: ...
    def items(self) -> list[tuple[str, str]]: ...


class HttpScope(Protocol):
    """The head of a request. Addresses are `host:port`; the path is decoded, the query is not."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Headers


class Transport(Protocol):
    """The way of an answer that is sent in pieces. It ends when nobody holds it any more."""

    def send_bytes(self, data: bytes) -> Awaitable[None]: ...


class Connection(Protocol):
    """The way to a request's body, whole or in pieces, and to its answer, which any thread may give."""

    def __call__(self) -> Awaitable[bytes]: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def __anext__(self) -> Awaitable[bytes]: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...
    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Transport: ...
