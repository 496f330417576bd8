"""Handing a file on while it is made: piece by piece, each made when the one before has been taken."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

from portal_frame.downloads import Download
from serving.protocol import Connection, Transport

PATIENCE = 30.0
"""Seconds in which a reader takes a piece. Whoever reads more slowly keeps a thread from others, and is given up."""

logger = logging.getLogger(__name__)


def hand_on(
    download: Download,
    status: int,
    headers: list[tuple[str, str]],
    connection: Connection,
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Send the file from this thread, by the loop. Raises what the first piece raises: until then nothing is sent."""
    pieces: Iterator[bytes] = iter(download)
    piece: bytes | None = next(pieces, b"")
    transport = connection.response_stream(status, headers)
    try:
        while piece is not None:
            _within_patience(_send(transport, piece), loop)
            piece = next(pieces, None)
    except Exception:
        # Too late for another answer: its reader has gone, or finds the file cut off.
        logger.warning("A download broke off", exc_info=True)


async def _send(transport: Transport, piece: bytes) -> None:
    await transport.send_bytes(piece)


def _within_patience(sending: Any, loop: asyncio.AbstractEventLoop) -> None:
    future = asyncio.run_coroutine_threadsafe(sending, loop)
    try:
        future.result(timeout=PATIENCE)
    except TimeoutError:
        future.cancel()
        raise
