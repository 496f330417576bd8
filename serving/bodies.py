"""Reading bodies: within a limit and a deadline, and so many at once."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from serving.protocol import Connection, Scope

MOST_BYTES = 1024 * 1024
MOST_BYTES_WITH_FILES = 12 * 1024 * 1024
# The pages of the portal that take pictures: branding with its preview, and an application's appearance.
TAKES_FILES = re.compile(r"/(?!t/).*/(branding/[^/]+/(preview)?|appearance/)")

DEADLINE = 10.0
DEADLINE_WITH_FILES = 60.0
"""Seconds from a request's head to the end of its body."""

MOST_AT_ONCE = 512
MOST_BYTES_AT_ONCE = 64 * 1024 * 1024
"""Beyond either, the body that has been waited for longest is given up: honest ones arrive in a moment."""

LINGERING = 5.0
MOST_BYTES_LINGERING = 16 * 1024 * 1024
"""Seconds and bytes for which the rest of a refused body is taken and thrown away, so that its sender, or the proxy
that hands it on, comes to read the answer instead of finding the connection reset (RFC 9112 section 9.6)."""

HAS_NO_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class BodyRefused(Exception):
    """The body isn't taken. Holds the status that says why; the connection can't be used for another request."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


def has_body(scope: Scope) -> bool:
    """Whether a body follows the head (RFC 9112 section 6.3). HTTP/2 needn't announce one."""
    headers = scope.headers
    length = headers.get("content-length")
    if length is not None:
        return bool(length != "0")
    return headers.get("transfer-encoding") is not None or (
        scope.http_version == "2" and scope.method not in HAS_NO_BODY
    )


class Bodies:
    """The bodies that are being read at this moment."""

    def __init__(self) -> None:
        self._readers: dict[asyncio.Task[bytes], int] = {}
        self._bytes = 0

    async def read(self, scope: Scope, connection: Connection) -> bytes:
        """The whole body. Raises `BodyRefused`: too large, too slow, or given up for others."""
        takes_files = TAKES_FILES.fullmatch(scope.path) is not None
        limit = MOST_BYTES_WITH_FILES if takes_files else MOST_BYTES
        length = scope.headers.get("content-length")
        if length is not None and not (length.isascii() and length.isdigit()):
            raise BodyRefused(HTTPStatus.BAD_REQUEST)
        if length is not None and int(length) > limit:
            raise BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        reserved = limit if length is None else int(length)
        reader = asyncio.ensure_future(_whole(connection) if length is not None else _pieces(connection, limit))
        with self._among_others(reader, reserved):
            done, _ = await asyncio.wait([reader], timeout=DEADLINE_WITH_FILES if takes_files else DEADLINE)
            if not done:
                reader.cancel()
        if not done or reader.cancelled():
            raise BodyRefused(HTTPStatus.REQUEST_TIMEOUT)
        return reader.result()

    @contextmanager
    def _among_others(self, reader: "asyncio.Task[bytes]", reserved: int) -> Iterator[None]:
        self._readers[reader] = reserved
        self._bytes += reserved
        try:
            while len(self._readers) > MOST_AT_ONCE or self._bytes > MOST_BYTES_AT_ONCE:
                oldest = next(iter(self._readers))
                self._bytes -= self._readers.pop(oldest)
                oldest.cancel()
            yield
        finally:
            self._bytes -= self._readers.pop(reader, 0)


async def linger(connection: Connection) -> None:
    """Take what still comes of a refused body, for a while, and throw it away."""
    taken = 0
    try:
        async with asyncio.timeout(LINGERING):
            while taken < MOST_BYTES_LINGERING and (piece := await anext(_begun(connection))):
                taken += len(piece)
    except (TimeoutError, StopAsyncIteration, RuntimeError):
        # At its end, too slow, or broken off: the connection is closed as it is.
        return


def _begun(connection: Connection) -> AsyncIterator[bytes]:
    """The pieces of the body; the further ones, if some were read already."""
    try:
        return aiter(connection)
    except RuntimeError:
        return connection


async def _whole(connection: Connection) -> bytes:
    return await connection()


async def _pieces(connection: Connection, limit: int) -> bytes:
    """A body that didn't tell its length."""
    body = bytearray()
    async for piece in connection:
        body += piece
        if len(body) > limit:
            raise BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)
