"""Sending requests, and booking what they cost."""

import socket
from base64 import b64encode
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedRWPair
from statistics import median
from threading import local
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode, urlsplit

from bench.machine import Machine

CLIENTS = 4
WINDOWS = 5
Item = TypeVar("Item")
_kept = local()


@dataclass(frozen=True)
class Cost:
    """What one operation costs: CPU milliseconds of the web processes and of PostgreSQL, and statements sent to it."""

    name: str
    operations: int
    server: float
    database: float
    statements: float

    @property
    def total(self) -> float:
        return self.server + self.database


@dataclass(frozen=True)
class Work(Generic[Item]):
    """What is measured: the operation, once for each item."""

    name: str
    items: Sequence[Item]
    operation: Callable[[Item], object]

    @property
    def warm_up(self) -> int:
        """So many of the items are for having all at hand."""
        return len(self.items) // 10

    def part(self, number: int) -> Sequence[Item]:
        """The items of one of the parts in which the rest is measured."""
        size = (len(self.items) - self.warm_up) // WINDOWS
        start = self.warm_up + number * size
        return self.items[start : start + size]


def measure(name: str, machine: Machine, items: Sequence[Item], operation: Callable[[Item], object]) -> Cost:
    """What the operation costs, a few at a time (see `measure_in_turn`)."""
    return measure_in_turn(machine, Work(name, items, operation))[0]


def measure_in_turn(machine: Machine, *works: Work[Any]) -> list[Cost]:
    """What each of these costs, part by part in turn: so they compare, however busy the machine is meanwhile.

    A warm-up with the first tenth of the items comes before the first part; before each one where another's came
    between, to whose tenant connections have changed. The rest is measured in `WINDOWS` parts, of which the median
    counts: on a shared machine one of them is often dear.
    """
    used: list[list[tuple[float, float, int]]] = [[] for _ in works]
    with ThreadPoolExecutor(CLIENTS) as clients:
        for number in range(WINDOWS):
            for work, costs in zip(works, used, strict=True):
                if not number or len(works) > 1:
                    list(clients.map(work.operation, work.items[: work.warm_up]))
                costs.append(_part(machine, clients, work, number))
    return [_cost(work, costs) for work, costs in zip(works, used, strict=True)]


def _part(machine: Machine, clients: ThreadPoolExecutor, work: Work[Any], number: int) -> tuple[float, float, int]:
    """CPU seconds of the web processes and of PostgreSQL, and statements, that one part has taken."""
    statements, before = machine.installation.statements(), machine.cpu_seconds()
    list(clients.map(work.operation, work.part(number)))
    after = machine.cpu_seconds()
    return after[0] - before[0], after[1] - before[1], machine.installation.statements() - statements


def _cost(work: Work[Any], used: Sequence[tuple[float, float, int]]) -> Cost:
    size = len(work.part(0))
    servers, databases, sent = zip(*used, strict=True)
    return Cost(
        work.name,
        WINDOWS * size,
        median(servers) * 1000 / size,
        median(databases) * 1000 / size,
        sum(sent) / (WINDOWS * size),
    )


def send(url: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> bytes:
    """One request over a connection that this thread keeps; raises unless it is answered with 200.

    It does without an HTTP library: on most machines the load runs beside the server on one core, and what it spends
    makes the server's work dearer.
    """
    parts = urlsplit(url)
    if getattr(_kept, "host", None) != parts.netloc:
        _kept.host, _kept.answers = parts.netloc, _connected(parts.hostname or "", parts.port or 80)
    body = urlencode(form or {}).encode()
    given = {"Host": parts.netloc, **(headers or {})}
    if form is not None:
        given |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    method = "GET" if form is None else "POST"
    _kept.answers.write(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body)
    _kept.answers.flush()
    return _answer(_kept.answers, url)


def _connected(host: str, port: int) -> BufferedRWPair:
    connection = socket.create_connection((host, port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection.makefile("rwb")


def _answer(answers: BufferedRWPair, url: str) -> bytes:
    status = answers.readline()
    if not status:
        raise ConnectionError(f"The connection was closed instead of an answer from {url}.")
    length = 0
    while (line := answers.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    content = answers.read(length)
    if status.split()[1:2] != [b"200"]:
        raise RuntimeError(f"{status!r} from {url}: {content[:300]!r}")
    return content


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of client_secret_basic."""
    return {"Authorization": f"Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}"}
