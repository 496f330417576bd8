"""A password sign-in request by request: in this process, without HTTP, and without its hash."""

import time
from collections.abc import Callable, Iterable, Sequence
from http.cookiejar import Cookie
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx
import psutil

from bench.load import Cost
from bench.machine import Installation, on_cpu
from bench.scenarios import Shop, code_of, form_with, remembered_by, with_cookies
from tests.clients.customer import Customer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUESTS = (
    # Both are answered by the page that asks for what comes next.
    "authorize",
    "the address",
    "the password",
    "the code exchange",
)
WARM_UP = 12
"""Sign-ins. Then all is known that is kept, and PostgreSQL has prepared what it is asked."""
Cpu = tuple[float, float, int]
"""Seconds of this thread and of its backend, and statements."""


def sign_in_by_request(
    made: Installation, shop: Shop, configured: Shop, code: Callable[[], str], times: int
) -> tuple[list[Cost], list[Cost]]:
    """What each request of a sign-in costs, the median of so many, and all of them together: at one shop, and in turn
    with it at one whose tenant has configured all that this asks for nothing of (`bench.scenarios.run_sign_ins`).
    """
    from django.contrib.auth.hashers import Argon2PasswordHasher

    application = _Measured(made)
    with patch.object(Argon2PasswordHasher, "verify", return_value=True):
        remembered = remembered_by(configured, _customer_of(application), code)
        application.take()
        for _ in range(WARM_UP):
            _sign_in(application, shop)
            _sign_in(application, configured, remembered)
        measured = [(_sign_in(application, shop), _sign_in(application, configured, remembered)) for _ in range(times)]
    plain, with_all = zip(*measured, strict=True)
    return _rows(plain), _rows(with_all)


def _rows(measured: Sequence[list[Cpu]]) -> list[Cost]:
    rows = [_row(name, each) for name, each in zip(REQUESTS, zip(*measured, strict=True), strict=True)]
    whole = (sum(getattr(row, part) for row in rows) for part in ("server", "database", "statements"))
    return [*rows, Cost("  all of them", len(measured), *whole)]


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


def _customer_of(application: _Measured) -> Customer:
    """Somebody whose browser talks to the application in this process."""
    customer = Customer()
    customer.http = httpx.Client(transport=httpx.WSGITransport(app=application), headers=customer.http.headers)
    return customer


def _sign_in(application: _Measured, shop: Shop, cookies: Sequence[Cookie] = ()) -> list[Cpu]:
    browser = with_cookies(_customer_of(application), cookies)
    code = code_of(browser, f"{shop.issuer}/authorize", shop)
    browser.http.post(f"{shop.issuer}/token", data=form_with(code), headers=shop.credentials).raise_for_status()
    return application.take()
