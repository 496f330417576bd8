"""The application that granian calls (RSGI), in front of one that speaks WSGI."""

import asyncio
import logging
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from serving.bodies import Bodies, BodyTooLarge, BodyTooSlow, TooManyBodies
from serving.environ import environ_of
from serving.rsgi import Exchange, Scope
from serving.turns import Turn, Turns

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Headers = list[tuple[str, str]]

BODIES_ROOM = 64 * 1024 * 1024

logger = logging.getLogger(__name__)


class Answer(NamedTuple):
    """A whole answer: status, headers with their names in lower case, and body."""

    status: int
    headers: Headers
    body: bytes


class Front:
    """Reads each request whole, has one of a few threads answer it, and sends what that says.

    `at_once` is what is answered without a thread, by path: whether the process lives must be told whatever its threads
    do. `limit_of` tells by the path how many bytes a body may have; `key_of` by host and path whom a request is about,
    who can't have all threads. A body may take `body_seconds` to come, and a request wait for its turn for
    `waiting_seconds`: as long as somebody would.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        threads: int,
        limit_of: Callable[[str], int],
        key_of: Callable[[str, str], Hashable],
        at_once: Mapping[str, Answer],
        body_seconds: float = 20,
        waiting_seconds: float = 15,
    ) -> None:
        self._application = application
        self._limit_of = limit_of
        self._key_of = key_of
        self._at_once = at_once
        self._waiting_seconds = waiting_seconds
        self._bodies = Bodies(seconds=body_seconds, room=BODIES_ROOM)
        self._turns = Turns(threads=threads, share=max(1, threads * 3 // 4))

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        answer = self._at_once.get(scope.path) or await self._answer(scope, exchange)
        exchange.response_bytes(answer.status, answer.headers, answer.body)

    async def _answer(self, scope: Scope, exchange: Exchange) -> Answer:
        limit = self._limit_of(scope.path)
        try:
            async with self._bodies.of(scope, exchange, limit=limit) as body:
                return await self._in_turn(environ_of(scope, body))
        except BodyTooLarge:
            return _refusal(413, f"That is more than {limit // 1024:,} KB, the most that is taken here.")
        except BodyTooSlow:
            return _refusal(408, "The request took too long to arrive.")
        except TooManyBodies:
            return _refusal(503, "Too much is being uploaded. Try again.", ("retry-after", "5"))

    async def _in_turn(self, environ: dict[str, Any]) -> Answer:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()

        def work() -> None:
            loop.call_soon_threadsafe(_settle, answered, self._called(environ))

        turn = self._turns.take(self._key_of(environ.get("HTTP_HOST", ""), environ["PATH_INFO"]), work)
        overdue = loop.call_later(self._waiting_seconds, self._give_up, turn, answered)
        try:
            return await answered
        finally:
            overdue.cancel()

    def _give_up(self, turn: Turn, answered: "asyncio.Future[Answer]") -> None:
        if self._turns.withdraw(turn):
            _settle(answered, _refusal(503, "Too many requests are waiting. Try again.", ("retry-after", "5")))

    def _called(self, environ: dict[str, Any]) -> Answer:
        """What the application says. Nothing is sent before that is whole, so a later start replaces the first."""
        begun: list[tuple[str, Headers]] = []
        try:
            response = self._application(environ, lambda status, headers, *_: begun.append((status, headers)))  # type: ignore[arg-type]
            try:
                body = b"".join(response)
            finally:
                if hasattr(response, "close"):
                    response.close()
        except Exception:
            logger.exception("A request broke the application")
            return _refusal(500, "Something went wrong here.")
        status, headers = begun[-1]
        return Answer(int(status[:3]), headers, body)


def _settle(answered: "asyncio.Future[Answer]", answer: Answer) -> None:
    # Whose client has gone meanwhile waits no longer.
    if not answered.done():
        answered.set_result(answer)


def _refusal(status: int, sentence: str, *headers: tuple[str, str]) -> Answer:
    about = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"), *headers]
    return Answer(status, about, f"{sentence}\n".encode())
