"""Whose body is taken, and who gives way, when more come than there is room for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

import pytest

from serving.bodies import (
    COUNTED_AT_LEAST,
    MOST_BYTES,
    MOST_BYTES_AT_ONCE,
    MOST_BYTES_OF_SENDER,
    MOST_BYTES_WITH_PICTURES,
    Bodies,
    BodyRefused,
)
from tests.serving.head import Head

EVE, CAROL = "192.0.2.66", "198.51.100.7"
FORM = b"grant_type=client_credentials"


class Sending:
    """A connection whose body comes when the test sends it."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()

    def send(self, piece: bytes) -> None:
        self._pieces.put_nowait(piece)

    async def __call__(self) -> bytes:
        return await self._pieces.get()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._pieces.get()
        if not piece:
            raise StopAsyncIteration
        return piece


class Senders:
    """Who sends bodies to a process. Each counts until the test is over, as if nothing were answered."""

    def __init__(self, open_bodies: ExitStack) -> None:
        self._bodies = Bodies()
        self._open = open_bodies

    def begin(self, sender: str, *, length: int | None, path: str = "/") -> tuple[Sending, "asyncio.Task[bytes]"]:
        head = Head(path=path, headers={} if length is None else {"content-length": str(length)})
        connection = Sending()
        body = self._open.enter_context(self._bodies.new_body(sender))
        return connection, asyncio.ensure_future(self._bodies.read(body, head, connection))  # type: ignore[arg-type]

    async def receive(self, sender: str, connection: AsyncIterator[bytes]) -> bytes:
        """Have a body read from this connection by the task that runs."""
        body = self._open.enter_context(self._bodies.new_body(sender))
        return await self._bodies.read(body, Head(path="/", headers={}), connection)  # type: ignore[arg-type]

    async def hold(self, sender: str, size: int, *, path: str = "/") -> bytes:
        """Send a whole body at once."""
        connection, reading = self.begin(sender, length=size, path=path)
        await asyncio.sleep(0)
        connection.send(bytes(size))
        connection.send(b"")
        return await reading


def play(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 20))


@pytest.mark.parametrize("length", [MOST_BYTES, None])
def test_r50_who_announces_much_takes_nothing_from_anybody(length: int | None) -> None:
    async def story() -> None:
        with ExitStack() as stack:
            senders = Senders(stack)
            honest, reading = senders.begin(CAROL, length=len(FORM))
            for _ in range(600):
                senders.begin(EVE, length=length)
                await asyncio.sleep(0)
            honest.send(FORM)
            assert await reading == FORM

    play(story())


def test_r50_who_has_most_gives_way_and_of_theirs_the_newest_large_one() -> None:
    async def story() -> None:
        with ExitStack() as stack:
            senders = Senders(stack)
            picture, upload = senders.begin(CAROL, length=400_000)
            picture.send(bytes(300_000))
            small, form = senders.begin(EVE, length=len(FORM))
            large = [senders.begin(EVE, length=MOST_BYTES) for _ in range(9)]
            for connection, _ in large:
                connection.send(bytes(MOST_BYTES - 1))
            newest = [await _refusal(reading) for _, reading in large[-2:]]
            assert newest == [HTTPStatus.SERVICE_UNAVAILABLE] * 2

            small.send(FORM)
            picture.send(bytes(100_000))
            for connection in (picture, *(connection for connection, _ in large)):
                connection.send(b"")
            assert (await form, len(await upload)) == (FORM, 400_000)
            assert [len(await reading) for _, reading in large[:-2]] == [MOST_BYTES - 1] * 7

    play(story())


def test_r51_a_body_counts_until_its_request_is_answered() -> None:
    async def story() -> None:
        with ExitStack() as unanswered:
            senders = Senders(unanswered)
            for _ in range(MOST_BYTES_OF_SENDER // MOST_BYTES):
                assert len(await senders.hold(EVE, MOST_BYTES)) == MOST_BYTES
            assert await _refusal(senders.hold(EVE, 1)) == HTTPStatus.SERVICE_UNAVAILABLE
            assert len(await senders.hold(CAROL, MOST_BYTES)) == MOST_BYTES
            unanswered.close()
            assert len(await senders.hold(EVE, MOST_BYTES)) == MOST_BYTES

    play(story())


def test_r51_a_body_that_is_too_much_by_itself_breaks_off_nothing_else() -> None:
    async def at_once() -> AsyncIterator[bytes]:
        """A connection that has it all already, so that nobody waits for it."""
        for _ in range(2):
            yield bytes(COUNTED_AT_LEAST)

    async def story() -> None:
        with ExitStack() as unanswered:
            senders = Senders(unanswered)
            for _ in range(MOST_BYTES_OF_SENDER // MOST_BYTES - 1):
                await senders.hold(EVE, MOST_BYTES)
            await senders.hold(EVE, MOST_BYTES - COUNTED_AT_LEAST)
            assert await _refusal(senders.receive(EVE, at_once())) == HTTPStatus.SERVICE_UNAVAILABLE
            # The request that was refused is answered: its task is none that was cancelled.
            await asyncio.sleep(0)
            assert len(await senders.hold(EVE, COUNTED_AT_LEAST)) == COUNTED_AT_LEAST

    play(story())


def test_r51_nobody_fills_the_memory_from_however_many_addresses() -> None:
    async def story() -> None:
        with ExitStack() as unanswered:
            senders = Senders(unanswered)
            most = MOST_BYTES_AT_ONCE // COUNTED_AT_LEAST
            asked = [senders.hold(f"192.0.2.{number % 250}", COUNTED_AT_LEAST) for number in range(most)]
            assert len(await asyncio.gather(*asked)) == most
            assert await _refusal(senders.hold(CAROL, 1)) == HTTPStatus.SERVICE_UNAVAILABLE

    play(story())


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/tenants/acme/branding/default/", MOST_BYTES_WITH_PICTURES),
        ("/tenants/acme/branding/themes/0a1b/de/preview", MOST_BYTES_WITH_PICTURES),
        ("/tenants/acme/applications/0a1b-2c/appearance/", MOST_BYTES_WITH_PICTURES),
        ("/tenants/acme/applications/0a1b-2c/", MOST_BYTES),
        ("/t/acme/tenants/acme/branding/", MOST_BYTES),
    ],
)
def test_b10_a_body_may_be_larger_where_pictures_are_uploaded(path: str, most: int) -> None:
    async def story() -> None:
        with ExitStack() as unanswered:
            senders = Senders(unanswered)
            assert len(await senders.hold(CAROL, most, path=path)) == most
            assert await _refusal(senders.hold(CAROL, most + 1, path=path)) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    play(story())


async def _refusal(reading: Awaitable[bytes]) -> HTTPStatus:
    with pytest.raises(BodyRefused) as refused:
        await reading
    return refused.value.status
