"""A file that is made while it is sent: no faster than it is read, and no longer than somebody reads it."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from portal_frame.downloads import Download, TooManyDownloads
from serving import downloads
from serving.downloads import hand_on


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.close()


class Reader:
    """A connection whose other end takes so many pieces, and then none any more."""

    def __init__(self, takes: int) -> None:
        self.takes = takes
        self.taken: list[bytes] = []
        self.begun: list[int] = []

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Reader":
        self.begun.append(status)
        return self

    async def send_bytes(self, data: bytes) -> None:
        if len(self.taken) == self.takes:
            await asyncio.Event().wait()
        self.taken.append(data)


def sent(made: Iterator[bytes], reader: Any, loop: asyncio.AbstractEventLoop) -> None:
    hand_on(Download(made), 200, [], reader, loop)


def test_a_file_is_made_as_it_is_read(loop: asyncio.AbstractEventLoop) -> None:
    reader, ahead = Reader(takes=9), []

    def made() -> Iterator[bytes]:
        for number in range(5):
            ahead.append(number - len(reader.taken))
            yield bytes([number])

    sent(made(), reader, loop)
    assert reader.taken == [b"\0", b"\1", b"\2", b"\3", b"\4"]
    assert set(ahead) == {0}


def test_r56_whoever_stops_reading_gives_the_thread_back(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(downloads, "PATIENCE", 0.01)
    reader, pieces = Reader(takes=2), iter([b"1", b"2", b"3", b"4"])

    sent(pieces, reader, loop)
    assert reader.taken == [b"1", b"2"]
    assert next(pieces) == b"4"
    assert "A download broke off" in caplog.text


def test_what_breaks_before_the_first_piece_can_still_be_answered(loop: asyncio.AbstractEventLoop) -> None:
    def none() -> Iterator[bytes]:
        raise TooManyDownloads
        yield b""

    reader = Reader(takes=1)
    with pytest.raises(TooManyDownloads):
        sent(none(), reader, loop)
    assert not reader.begun
