"""Sending requests, and booking what they cost."""

import http.client
from base64 import b64encode
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from bench.machine import Machine

CLIENTS = 4
Item = TypeVar("Item")
_kept = local()


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds for one operation: the web processes' and PostgreSQL's."""

    name: str
    operations: int
    server: float
    database: float

    @property
    def total(self) -> float:
        return self.server + self.database


def measure(name: str, machine: Machine, items: Sequence[Item], operation: Callable[[Item], object]) -> Cost:
    """Run the operation once for each item, a few at a time, after a warm-up with the first tenth of them."""
    warm_up = len(items) // 10
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(operation, items[:warm_up]))
        before = machine.cpu_seconds()
        list(clients.map(operation, items[warm_up:]))
        after = machine.cpu_seconds()
    count = len(items) - warm_up
    server, database = ((end - start) * 1000 / count for start, end in zip(before, after, strict=True))
    return Cost(name, count, server, database)


def send(url: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> bytes:
    """One request over a connection that this thread keeps; raises unless it is answered with 200."""
    parts = urlsplit(url)
    if getattr(_kept, "host", None) != parts.netloc:
        _kept.host, _kept.connection = parts.netloc, http.client.HTTPConnection(parts.netloc, timeout=30)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    given = dict(headers or {})
    body = None
    if form is not None:
        body, given["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
    _kept.connection.request("POST" if form is not None else "GET", target, body, given)
    response = _kept.connection.getresponse()
    content = response.read()
    if response.status != 200:
        raise RuntimeError(f"{response.status} from {url}: {content[:300]!r}")
    return bytes(content)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of client_secret_basic."""
    return {"Authorization": f"Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}"}
