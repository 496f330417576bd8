"""The front: what becomes of a request before and after Django."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.db import connection as database

from common.database.faults import DATABASE_FAULTS
from common.web.http import client_address, network_of
from common.web.waiting import ARRIVED, patience_left
from oidc.fast_path import FastPath
from portal_frame.downloads import Download, TooManyDownloads
from serving.bodies import Bodies, BodyRefused, has_body, linger
from serving.downloads import hand_on
from serving.environ import environ_of, hides_its_sender, put_body
from serving.protocol import Connection, HttpScope
from serving.refusals import Refusals
from serving.threads import AllTaken, Job, Threads
from tenants.lookup import Name, name_at, schema_met_by, tenant_at

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

MOST_WAITING = 500
"""Requests of one tenant that wait for a thread, in each process: as many as one core serves while a person waits."""

READINESS, FILES, STRANGERS = "/readyz", "/static/", "strangers"
"""What has a share of the threads beside the tenants: what works however they are, and all names together that aren't
known as a tenant's. Each of these is looked up in that share before anything else."""

HEALTH = b'{"status": "ok"}'
HEALTH_HEADERS = [("content-type", "application/json"), ("content-length", str(len(HEALTH)))]


class Front:
    """An RSGI application over a WSGI application. One for each process."""

    def __init__(self, application: "WSGIApplication", *, threads: int) -> None:
        self._application = application
        self._fast_path = application if isinstance(application, FastPath) else None
        self._threads = Threads(threads, most_waiting=MOST_WAITING)
        self._bodies = Bodies()
        self._refusals = Refusals()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in the process that serves, before its first request."""
        self._threads.start()

    async def __rsgi__(self, scope: HttpScope, connection: Connection) -> None:
        """Answer one request."""
        if scope.path == "/healthz":
            connection.response_bytes(HTTPStatus.OK, HEALTH_HEADERS, HEALTH)
            return
        if hides_its_sender(scope):
            await self._refuse(HTTPStatus.BAD_REQUEST, scope, connection)
            return
        environ = environ_of(scope)
        if has_body(scope):
            await self._with_body(scope, connection, environ)
        else:
            await self._hand_on(scope, connection, environ)

    async def _with_body(self, scope: HttpScope, connection: Connection, environ: dict[str, Any]) -> None:
        """Read the body, which counts until the request is answered."""
        with self._bodies.new_body(network_of(client_address(environ))) as body:
            try:
                put_body(await self._bodies.read(body, scope, connection), environ)
            except BodyRefused as refused:
                status = refused.status
            except RuntimeError:
                # It broke off. Who has only ended their side still reads (RFC 9112 section 8).
                status = HTTPStatus.BAD_REQUEST
            else:
                await self._hand_on(scope, connection, environ)
                # A request may outlive its answer, in a circle that the collector has to find; its body shall not.
                environ["wsgi.input"].close()
                return
        await self._refuse(status, scope, connection)

    async def _refuse(self, status: HTTPStatus, scope: HttpScope, connection: Connection) -> None:
        self._refusals.send(status, scope, connection, closes=True)
        if status != HTTPStatus.REQUEST_TIMEOUT and has_body(scope):
            await linger(connection)

    async def _hand_on(self, scope: HttpScope, connection: Connection, environ: dict[str, Any]) -> None:
        """Answer at once what waits for nothing, all else in a thread."""
        answer = self._fast_path.at_once(environ) if self._fast_path else None
        if answer:
            connection.response_bytes(int(answer.status[:3]), answer.headers, answer.body)
        else:
            await self._in_thread(scope, connection, environ)

    async def _in_thread(self, scope: HttpScope, connection: Connection, environ: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()

        def answer() -> None:
            try:
                self._answer(connection, environ, loop)
            except TooManyDownloads:
                self._refusals.send(HTTPStatus.SERVICE_UNAVAILABLE, scope, connection)
            except Exception:
                logger.exception("A request broke off")
                self._refusals.send(HTTPStatus.INTERNAL_SERVER_ERROR, scope, connection)

        environ[ARRIVED] = time.monotonic()
        at = name_at(environ["HTTP_HOST"], environ["PATH_INFO"])
        whose = _whose(environ, at)
        if not whose and await self._run(STRANGERS, at, environ, lambda: _look_up(environ)):
            whose = _whose(environ, at) or STRANGERS
        if not whose or not await self._run(whose, at, environ, answer):
            sent = environ["wsgi.input"].getvalue()
            self._refusals.send(HTTPStatus.SERVICE_UNAVAILABLE, scope, connection, sent)

    async def _run(self, whose: str, at: Name, environ: dict[str, Any], work: Callable[[], None]) -> bool:
        """Have it done in a thread. Returns False if there was none in time."""
        loop = asyncio.get_running_loop()
        is_over: asyncio.Future[None] = loop.create_future()
        job = Job(
            whose,
            work,
            network_of(client_address(environ)),
            at,
            on_given_up=lambda: _set(is_over),
            # What follows a look-up shall find its thread free.
            on_done=lambda: loop.call_soon_threadsafe(_set, is_over),
        )
        try:
            self._threads.add(job)
        except AllTaken:
            return False
        timer = loop.call_later(patience_left(environ), self._give_up, job, is_over)
        await is_over
        timer.cancel()
        return not job.is_given_up

    def _give_up(self, job: Job, is_over: "asyncio.Future[None]") -> None:
        if self._threads.give_up(job):
            _set(is_over)

    def _answer(self, connection: Connection, environ: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
        """Run the application. Its answer is handed over whole, so that who reads it slowly keeps no thread.

        A file that is made while it is sent is the exception, of which there are few at a time.
        """
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            begun.append((status, headers))

        response: Iterable[bytes] = self._application(environ, start_response)  # type: ignore[arg-type]
        status, headers = begun[-1]
        try:
            if isinstance(response, Download) and environ["REQUEST_METHOD"] != "HEAD":
                hand_on(response, int(status[:3]), headers, connection, loop)
                return
            body = b"" if isinstance(response, Download) else b"".join(response)
        finally:
            if hasattr(response, "close"):
                response.close()
        connection.response_bytes(int(status[:3]), headers, body)


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _whose(environ: dict[str, Any], at: Name) -> str:
    """Whose share of the threads the request takes; "" if that has to be looked up."""
    path: str = environ["PATH_INFO"]
    if path == READINESS:
        return READINESS
    return FILES if path.startswith(FILES) else schema_met_by(at)


def _look_up(environ: dict[str, Any]) -> None:
    """Meet the tenant, if there is one."""
    try:
        tenant_at(environ["HTTP_HOST"], environ["PATH_INFO"])
    except DATABASE_FAULTS as error:
        # What Django then answers among the strangers says so to its sender.
        logger.info("Didn't find out whose a request is: %s", error)
        database.close()
