"""The front: what becomes of a request before and after Django."""

import asyncio
import logging
import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from common.web.http import ip_in, network_of
from common.web.waiting import ARRIVED, PATIENCE
from oidc.document_cache import DocumentCache
from serving.bodies import Bodies, BodyRefused, has_body, linger
from serving.environ import environ_of
from serving.protocol import Connection, Scope
from serving.refusals import Refusals
from serving.threads import AllTaken, Job, Threads
from tenants.addressing import PATH_PREFIX, uses_paths

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

MOST_WAITING = 500
"""Requests of one tenant that wait for a thread, in each process: as many as one core serves while a person waits."""

MOST_BYTES_WAITING = 64 * 1024 * 1024
"""Of all bodies that wait for a thread, whosever they are, in each process."""

HEALTH = b'{"status": "ok"}'
HEALTH_HEADERS = [("content-type", "application/json"), ("content-length", str(len(HEALTH)))]


class Front:
    """An RSGI application over a WSGI application. One for each process."""

    def __init__(self, application: "WSGIApplication", *, threads: int) -> None:
        self._application = application
        self._kept = application if isinstance(application, DocumentCache) else None
        self._threads = Threads(threads, most_waiting=MOST_WAITING, most_bytes=MOST_BYTES_WAITING)
        self._bodies = Bodies()
        self._refusals = Refusals()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in the process that serves, before its first request."""
        self._threads.start()

    async def __rsgi__(self, scope: Scope, connection: Connection) -> None:
        """Answer one request."""
        if scope.path == "/healthz":
            connection.response_bytes(HTTPStatus.OK, HEALTH_HEADERS, HEALTH)
            return
        body = b""
        if has_body(scope):
            try:
                body = await self._bodies.read(scope, connection)
            except BodyRefused as refused:
                self._refusals.send(refused.status, scope, connection, closes=True)
                if refused.status != HTTPStatus.REQUEST_TIMEOUT:
                    await linger(connection)
                return
            except RuntimeError:
                # Whoever sent it has gone away: nobody reads an answer.
                return
        environ = environ_of(scope, body)
        environ[ARRIVED] = time.monotonic()
        if self._kept and (answer := self._kept.kept(environ)):
            connection.response_bytes(int(answer.status[:3]), answer.headers, answer.body)
            return
        await self._in_thread(scope, connection, environ, body)

    async def _in_thread(self, scope: Scope, connection: Connection, environ: dict[str, Any], body: bytes) -> None:
        loop = asyncio.get_running_loop()
        is_over: asyncio.Future[None] = loop.create_future()

        def run() -> None:
            try:
                self._answer(connection, environ)
            except Exception:
                logger.exception("A request broke off")
                self._refusals.send(HTTPStatus.INTERNAL_SERVER_ERROR, scope, connection)
            finally:
                loop.call_soon_threadsafe(_set, is_over)

        network = network_of(ip_in(environ))
        job = Job(_tenant_of(scope), run, network, len(body), on_given_up=lambda: _set(is_over))
        try:
            self._threads.add(job)
        except AllTaken:
            self._refusals.send(HTTPStatus.SERVICE_UNAVAILABLE, scope, connection, body)
            return
        timer = loop.call_later(PATIENCE, self._give_up, job, is_over)
        await is_over
        timer.cancel()
        if job.is_given_up:
            self._refusals.send(HTTPStatus.SERVICE_UNAVAILABLE, scope, connection, body)

    def _give_up(self, job: Job, is_over: "asyncio.Future[None]") -> None:
        if self._threads.give_up(job):
            _set(is_over)

    def _answer(self, connection: Connection, environ: dict[str, Any]) -> None:
        """Run the application. Its answer is handed over whole: who reads it slowly keeps no thread."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            begun.append((status, headers))

        response: Iterable[bytes] = self._application(environ, start_response)  # type: ignore[arg-type]
        try:
            body = b"".join(response)
        finally:
            if hasattr(response, "close"):
                response.close()
        status, headers = begun[-1]
        connection.response_bytes(int(status[:3]), headers, body)


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _tenant_of(scope: Scope) -> str:
    """Whose threads the request takes: the part of the address that names the tenant, whether there is one or not."""
    if not uses_paths():
        return (scope.headers.get("host") or scope.authority or "").partition(":")[0].lower()
    if not scope.path.startswith(PATH_PREFIX):
        return ""
    return scope.path.removeprefix(PATH_PREFIX).partition("/")[0]
