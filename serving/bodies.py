"""Reading bodies: within a limit and a deadline, and so many bytes of all and of each sender at once."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from serving.protocol import Connection, HttpScope

MOST_BYTES = 1024 * 1024
MOST_BYTES_WITH_PICTURES = 5 * 1024 * 1024
"""Of one body; the larger one where administrators upload pictures of up to 2 MB, two of them at a time."""

_TAKES_PICTURES = re.compile(r"/tenants/[a-z0-9]+/(?:branding/|applications/[0-9a-f-]+/appearance/)")

DEADLINE = 10.0
"""Seconds from a request's head to the end of its body."""

COUNTED_AT_LEAST = 64 * 1024
"""What a body counts for, however little of it has come: its connection and its request cost something as well."""

MOST_BYTES_OF_SENDER = 8 * 1024 * 1024
MOST_BYTES_AT_ONCE = 32 * 1024 * 1024
"""Of the bodies that are being read, or whose requests haven't been answered. Only what has come counts: to announce
much takes nothing from anybody."""

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


@dataclass(eq=False)
class Body:
    """One that is being read, as long as it has a reader, or whose request waits for its answer."""

    sender: str
    counted: int = 0
    reader: "asyncio.Task[Any] | None" = None
    is_given_up: bool = False

    @property
    def is_being_read(self) -> bool:
        return self.reader is not None and not self.is_given_up

    def give_up(self) -> None:
        """Stop its reader: the request's own task, which refuses it then."""
        self.is_given_up = True
        if self.reader:
            self.reader.cancel()


def has_body(scope: HttpScope) -> bool:
    """Whether a body follows the head (RFC 9112 section 6.3). HTTP/2 needn't announce one."""
    headers = scope.headers
    length = headers.get("content-length")
    if length is not None:
        return bool(length != "0")
    return headers.get("transfer-encoding") is not None or (
        scope.http_version == "2" and scope.method not in HAS_NO_BODY
    )


class Bodies:
    """The bodies that are in memory at this moment, the oldest first."""

    def __init__(self) -> None:
        self._bodies: dict[Body, None] = {}
        self._counted: Counter[str] = Counter()

    @contextmanager
    def new_body(self, sender: str) -> Iterator[Body]:
        """A body to `read`, which counts until the block is left: until its request is answered."""
        body = Body(sender)
        try:
            yield body
        finally:
            self._forget(body)

    async def read(self, body: Body, scope: HttpScope, connection: Connection) -> bytes:
        """The whole body. Raises `BodyRefused`: too large, too slow, or given up for others."""
        length = scope.headers.get("content-length")
        if length is not None and not (length.isascii() and length.isdigit()):
            raise BodyRefused(HTTPStatus.BAD_REQUEST)
        most = MOST_BYTES_WITH_PICTURES if _TAKES_PICTURES.match(scope.path) else MOST_BYTES
        if length is not None and int(length) > most:
            raise BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        is_small = length is not None and int(length) <= COUNTED_AT_LEAST
        body.reader = asyncio.current_task()
        self._bodies[body] = None
        try:
            self._count(body, COUNTED_AT_LEAST)
            async with asyncio.timeout(DEADLINE):
                return await (connection() if is_small else self._pieces(body, connection, most))
        except TimeoutError as error:
            raise BodyRefused(HTTPStatus.REQUEST_TIMEOUT) from error
        except asyncio.CancelledError as error:
            if not body.is_given_up:
                raise
            body.reader.uncancel()  # type: ignore[union-attr]
            raise BodyRefused(HTTPStatus.SERVICE_UNAVAILABLE) from error
        finally:
            body.reader = None

    async def _pieces(self, body: Body, connection: Connection, most: int) -> bytes:
        """A body that is large, or doesn't tell."""
        content = bytearray()
        async for piece in connection:
            content += piece
            if len(content) > most:
                raise BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if len(content) > body.counted:
                self._count(body, len(content) - body.counted)
        return bytes(content)

    def _count(self, body: Body, more: int) -> None:
        """Count more for a body, and give up as many as it takes. Raises `BodyRefused` if it is itself among them: to
        cancel the task that runs would break off whatever that waits for next.
        """
        body.counted += more
        self._counted[body.sender] += more
        while self._counted[body.sender] > MOST_BYTES_OF_SENDER or self._counted.total() > MOST_BYTES_AT_ONCE:
            given_up = self._to_be_given_up()
            self._forget(given_up)
            if given_up is body:
                raise BodyRefused(HTTPStatus.SERVICE_UNAVAILABLE)
            given_up.give_up()

    def _to_be_given_up(self) -> Body:
        """Of whoever has most the newest large one, so that older ones come to their end; without any, the oldest.

        So nobody gives way to a larger one of their own, nor to one of somebody who has more. A small one that has
        waited for long is none that an honest sender sends.
        """
        being_read = [body for body in self._bodies if body.is_being_read]
        most = max(self._counted[body.sender] for body in being_read)
        theirs = [body for body in being_read if self._counted[body.sender] == most]
        large = [body for body in theirs if body.counted > COUNTED_AT_LEAST]
        return large[-1] if large else theirs[0]

    def _forget(self, body: Body) -> None:
        if body not in self._bodies:
            return
        del self._bodies[body]
        self._counted[body.sender] -= body.counted
        if not self._counted[body.sender]:
            del self._counted[body.sender]


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
