"""Reading what a client sends along: whole, within bounds of size and time, and without a thread."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from serving.rsgi import Exchange, Scope

WITHOUT_BODY = frozenset({"GET", "HEAD"})
# So much more than the limit is read and thrown away, for the client to be there still when the refusal comes.
READ_IN_VAIN = 32 * 1024 * 1024


class BodyTooLarge(Exception):
    """More was sent than is taken here."""


class BodyTooSlow(Exception):
    """The body didn't come whole in time."""


class TooManyBodies(Exception):
    """What is being read for all clients together fills the room there is for it."""


class Bodies:
    """All bodies of a process: each of them ends in time, and together they fit into so many bytes."""

    def __init__(self, *, seconds: float, room: int) -> None:
        self._seconds = seconds
        self._room = room

    @asynccontextmanager
    async def of(self, scope: Scope, exchange: Exchange, *, limit: int) -> AsyncIterator[bytes]:
        """The body, of up to `limit` bytes. Raises `BodyTooLarge`, `BodyTooSlow` or `TooManyBodies`."""
        if scope.method in WITHOUT_BODY and not _announces_one(scope):
            yield b""
            return
        chunks: list[bytes] = []
        try:
            async with asyncio.timeout(self._seconds):
                await self._read(exchange, chunks, limit)
            yield b"".join(chunks)
        except TimeoutError:
            raise BodyTooSlow from None
        finally:
            self._room += sum(map(len, chunks))

    async def _read(self, exchange: Exchange, chunks: list[bytes], limit: int) -> None:
        size = 0
        async for chunk in exchange:
            size += len(chunk)
            if size > limit:
                # A proxy hands on the answer to a body it could send whole, and an error of its own otherwise.
                if size > limit + READ_IN_VAIN:
                    break
            elif len(chunk) > self._room:
                raise TooManyBodies
            else:
                self._room -= len(chunk)
                chunks.append(chunk)
        if size > limit:
            raise BodyTooLarge


def _announces_one(scope: Scope) -> bool:
    headers = scope.headers
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
