"""What granian hands over with each request, as far as it is used here (its RSGI specification 1.6)."""

from collections.abc import AsyncIterator
from typing import Protocol


class Headers(Protocol):
    """Names in lower case. A header that came twice is two items."""

    def __contains__(self, name: str) -> bool: ...
    def get(self, name: str, default: str) -> str: ...
    def items(self) -> list[tuple[str, str]]: ...


class Scope(Protocol):
    """What the request says before its body. `client` and `server` are host and port; `path` is decoded."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Headers: ...


class Exchange(Protocol):
    """The body, in chunks, and the way to answer."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...
