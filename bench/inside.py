"""A password sign-in request by request: in this process, without HTTP, and without its hash."""

import time
from collections.abc import Iterable, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx
import psutil

from bench.load import Cost
from bench.machine import Installation, on_cpu
from bench.scenarios import Shop, code_of, form_with
from tests.clients.customer import Customer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUESTS = (
    "authorize",
    "the address's page",
    "the address",
    "the password's page",
    "the password",
    "the code exchange",
)
WARM_UP = 12
"""Sign-ins. Then all is known that is kept, and PostgreSQL has prepared what it is asked."""
Cpu = tuple[float, float, int]
"""Seconds of this thread and of its backend, and statements."""


def sign_in_by_request(made: Installation, shop: Shop, times: int) -> list[Cost]:
    """What each request of a sign-in costs, the median of so many, and all of them together."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    application = _Measured(made)
    with patch.object(Argon2PasswordHasher, "verify", return_value=True):
        for _ in range(WARM_UP):
            _sign_in(application, shop)
        measured = [_sign_in(application, shop) for _ in range(times)]
    rows = [_row(name, each) for name, each in zip(REQUESTS, zip(*measured, strict=True), strict=True)]
    whole = (sum(getattr(row, part) for row in rows) for part in ("server", "database", "statements"))
    return [*rows, Cost("  all of them", times, *whole)]


def _row(name: str, costs: Sequence[Cpu]) -> Cost:
    python, database, statements = (median(part) for part in zip(*costs, strict=True))
    return Cost(f"  {name}", len(costs), python * 1000, database * 1000, statements)


class _Measured:
    """The application as web servers call it, and what its requests have cost since somebody asked."""

    def __init__(self, made: Installation) -> None:
        from django.db import connection

        from ciam_portal.wsgi import application

        self._application: WSGIApplication = application
        self._made = made
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._backend = psutil.Process(cursor.fetchone()[0])
        self._costs: list[Cpu] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        before = self._used()
        answer: Any = self._application(environ, start_response)
        body = list(answer)
        if hasattr(answer, "close"):
            answer.close()
        python, database, statements = (after - earlier for after, earlier in zip(self._used(), before, strict=True))
        self._costs.append((python, database, int(statements)))
        return body

    def take(self) -> list[Cpu]:
        costs, self._costs = self._costs, []
        return costs

    def _used(self) -> tuple[float, float, int]:
        statements = self._made.statements()
        return time.thread_time(), on_cpu(self._backend), statements


def _sign_in(application: _Measured, shop: Shop) -> list[Cpu]:
    browser = Customer()
    browser.http = httpx.Client(transport=httpx.WSGITransport(app=application), headers=browser.http.headers)
    code = code_of(browser, f"{shop.issuer}/authorize", shop)
    browser.http.post(f"{shop.issuer}/token", data=form_with(code), headers=shop.credentials).raise_for_status()
    return application.take()
