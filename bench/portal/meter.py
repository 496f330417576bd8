"""CPU time and statements of one request at a time, told by the processes that answer it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from statistics import median
from urllib.parse import urlsplit

import psutil

from bench.machine import on_cpu
from bench.portal.place import Place

MEDIAN_BUDGET, P95_BUDGET = 60.0, 150.0
"""Milliseconds of CPU, of the web process and its backends together."""

WARM_UP = 2
ENCODINGS = "gzip, deflate, br, zstd"
# Whoever looks is left out. A backend that ended meanwhile takes its time with it; one that began has all of it here.
_SO_FAR = """
    SELECT (SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
            WHERE userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)),
        (SELECT coalesce(array_agg(pid), '{}') FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND usename <> current_user)
"""


@dataclass(frozen=True)
class Reading:
    """What one answer cost: milliseconds of CPU, and statements."""

    address: str
    server: float
    database: float
    statements: int

    @property
    def total(self) -> float:
        return self.server + self.database


@dataclass(frozen=True)
class Page:
    """A kind of page: what it is called, and the addresses by which it is asked for."""

    name: str
    addresses: Sequence[str]


@dataclass(frozen=True)
class Row:
    """What a kind of page costs."""

    name: str
    readings: Sequence[Reading]

    @property
    def median(self) -> float:
        return median(each.total for each in self.readings)

    @property
    def p95(self) -> float:
        in_order = sorted(each.total for each in self.readings)
        return in_order[math.ceil(0.95 * len(in_order)) - 1]

    @property
    def server(self) -> float:
        """Of this, the median of the web process."""
        return median(each.server for each in self.readings)

    @property
    def database(self) -> float:
        """And of its backends."""
        return median(each.database for each in self.readings)

    @property
    def statements(self) -> int:
        return int(median(each.statements for each in self.readings))

    @property
    def highest(self) -> Reading:
        return max(self.readings, key=lambda each: each.total)

    @property
    def worst(self) -> Reading:
        """The address whose readings are the dearest, by their median, with the dearest of them."""
        by_address: dict[str, list[Reading]] = {}
        for each in self.readings:
            by_address.setdefault(each.address, []).append(each)
        dearest = max(by_address.values(), key=lambda found: median(each.total for each in found))
        return max(dearest, key=lambda each: each.total)

    @property
    def is_within_budget(self) -> bool:
        return self.median <= MEDIAN_BUDGET and self.p95 <= P95_BUDGET


def cpu_seconds(pids: Iterable[int]) -> dict[int, float]:
    """CPU time that each of these processes has used; none of one that has ended."""
    used: dict[int, float] = {}
    for pid in pids:
        with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            used[pid] = on_cpu(psutil.Process(pid))
    return used


@dataclass
class Meter:
    """Asks one web process for pages, as a browser that is signed in."""

    place: Place
    server: psutil.Process
    cookies: dict[str, str]
    _connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = HTTPConnection(urlsplit(self.place.url).netloc, timeout=120)

    def measure(self, page: Page, readings: int) -> Row:
        """Ask for each of the page's addresses equally often, so many times in all at least."""
        for address in page.addresses[:WARM_UP]:
            self.ask(address)
        times = -(-readings // len(page.addresses))
        return Row(page.name, [self.read(address) for _ in range(times) for address in page.addresses])

    def read(self, address: str) -> Reading:
        """What it costs to be given this page."""
        web = self._web()
        before, (statements, backends) = cpu_seconds(web), self._so_far()
        at_work = cpu_seconds(backends)
        self.ask(address)
        after = cpu_seconds(web)
        sent, backends = self._so_far()
        done = cpu_seconds(backends)
        return Reading(address, spent(before, after) * 1000, spent(at_work, done) * 1000, sent - statements)

    def ask(self, address: str, *, plain: bool = False) -> bytes:
        """The page; `plain` if it isn't to be compressed. Raises unless it is answered with 200."""
        encodings = {} if plain else {"Accept-Encoding": ENCODINGS, "Sec-Fetch-Site": "same-origin"}
        answer = self._answer("GET", address, encodings)
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {answer.headers.get('Location', '')} from {address}")
        return content

    def send(self, address: str, form: bytes) -> Iterator[bytes]:
        """What comes of a form, as it comes. Raises unless it is answered with 200."""
        answer = self._answer("POST", address, {"Content-Type": "application/x-www-form-urlencoded"}, form)
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} from {address}: {answer.read()[:300]!r}")
        while chunk := answer.read1(65_536):
            yield chunk

    def cpu(self) -> float:
        """Seconds of CPU so far, of the web process and its backends."""
        return sum(cpu_seconds([*self._web(), *self._so_far()[1]]).values())

    def _answer(self, method: str, address: str, headers: dict[str, str], body: bytes | None = None) -> HTTPResponse:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._connection.request(method, address, body, {"Cookie": cookies, **headers})
        answer = self._connection.getresponse()
        for cookie in answer.msg.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def _web(self) -> list[int]:
        return [self.server.pid, *(child.pid for child in self.server.children(recursive=True))]

    def _so_far(self) -> tuple[int, list[int]]:
        statements, pids = self.place.superuser.execute(_SO_FAR).fetchall()[0]
        return statements, pids


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """Seconds between two readings of `cpu_seconds`; whoever began in between has spent all of theirs."""
    return sum(used - before.get(pid, 0.0) for pid, used in after.items())
