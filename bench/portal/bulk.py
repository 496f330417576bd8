"""A file of customers brought in, with the worker killed in the middle; and all customers as a file."""

import contextlib
import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import psutil
from django_tenants.utils import tenant_context

from accounts.models import Account, CustomerEntry
from audit.models import Event
from audit.services import Actor
from bench.machine import on_cpu
from bench.portal.meter import Meter, cpu_seconds, spent
from bench.portal.people import GIVEN, surnames
from bench.portal.place import Place
from bulk.imports.pieces import pieces_of
from bulk.imports.services import add_piece, begin_import, bring_in, check_file, guessed
from bulk.models import Operation, State
from tools.installation import ROOT

ROWS_A_SECOND, EXPORT_SECONDS, FIRST_BYTE_SECONDS = 5000, 15.0, 1.0
HASH = "$2b$10$O3uzrk7zB6WGgoFBNAiuSenjW.4Pyl53IJ8AGyZQ5.dubbfh8XsES"
PATIENCE = 1200.0
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename <> current_user"
# All that an import has left, so that the next run finds the tenant as this one did.
FORGET = """
    DELETE FROM accounts_customerentry WHERE account_id IN (SELECT account_id FROM bulk_item);
    DELETE FROM accounts_account WHERE id IN (SELECT account_id FROM bulk_item);
    DELETE FROM audit_event WHERE id > {seen} AND (action = 'customer.created' OR action LIKE 'operation.%');
    TRUNCATE bulk_item, bulk_stagedrow, bulk_piece, bulk_operation
"""


@dataclass(frozen=True)
class Brought:
    """How an import went: CPU seconds of both phases, how often progress was seen, and what isn't as it should be."""

    checked: float
    applied: float
    rows: int
    steps_seen: int
    wrong: str

    @property
    def rows_a_second(self) -> float:
        """Rows brought in for each second of CPU, of worker and database."""
        return self.rows / self.applied


@dataclass(frozen=True)
class Taken:
    """How an export went: seconds of CPU in all, and on the clock to the first byte and to the last; and lines."""

    cpu: float
    first_byte: float
    clock: float
    lines: int


def import_file(place: Place, tenant: Any, *, rows: int) -> Brought:
    """Bring so many customers in, with password hashes of another product; kill the worker at the half."""
    content = _file(rows)
    with tenant_context(tenant):
        seen = Event.objects.latest("pk").pk
        accounts, actor = Account.objects.count(), Actor.command()
        operation = begin_import(file_name="customers.csv", size=len(content), actor=actor)
        for number, piece in enumerate(pieces_of(content)):
            add_piece(operation, number=number, content=piece)
        operation.refresh_from_db()
        with _worker(place) as used:
            check_file(operation, mapping=guessed(operation), existing="skip", verified="no", group_id=None)
            _wait(operation, lambda: operation.state == State.CHECKED)
            checked = used()
        with _worker(place) as used:
            bring_in(operation, actor=actor)
            steps = _wait(operation, lambda: operation.done >= rows / 2)
            before_the_kill = used()
        with _worker(place) as used:
            steps += _wait(operation, lambda: operation.state == State.DONE)
            applied = before_the_kill + used()
        wrong = _wrong(operation, accounts=accounts, seen=seen, rows=rows)
    place.superuser.execute(FORGET.format(seen=seen))
    return Brought(checked, applied, rows, steps, wrong)


def export_all(meter: Meter, address: str) -> Taken:
    """Everybody as CSV, in the usual columns."""
    page = meter.ask(address, plain=True).decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    columns = ("id", "email", "emailVerified", "accountState", "createdAt", "language", "givenName", "surname")
    form = urlencode([("csrfmiddlewaretoken", token), ("kind", "csv"), *(("columns", name) for name in columns)])
    before, begun = meter.cpu(), time.monotonic()
    first_byte, lines = 0.0, 0
    for chunk in meter.send(address, form.encode()):
        first_byte = first_byte or time.monotonic() - begun
        lines += chunk.count(b"\n")
    return Taken(meter.cpu() - before, first_byte, time.monotonic() - begun, lines)


def _file(rows: int) -> bytes:
    dice, known = random.Random(29), surnames()  # noqa: S311 - no secret
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["email", "givenName", "surname", "city", "country", "language", "passwordHash"])
    for number in range(rows):
        given, surname = dice.choice(GIVEN), dice.choice(known)
        address = f"{given}.{surname}.{number}@imported.example".lower().encode("ascii", "ignore").decode()
        writer.writerow([address, given, surname, "Graz", "AT", "de", HASH])
    return written.getvalue().encode()


@contextlib.contextmanager
def _worker(place: Place) -> Iterator[Any]:
    """A worker, which is killed at the end. Yields how much CPU it and its backends have used since it was idle."""
    before = _backends(place)
    process = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=os.environ)
    try:
        _until_idle(process.pid)

        def so_far() -> dict[int, float]:
            return cpu_seconds([process.pid, *(pid for pid in _backends(place) if pid not in before)])

        begun = so_far()
        yield lambda: spent(begun, so_far())
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _backends(place: Place) -> list[int]:
    return [pid for (pid,) in place.superuser.execute(BACKENDS).fetchall()]


def _until_idle(pid: int) -> None:
    """Wait until it has started, and done what it found to do."""
    used, deadline = -1.0, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        time.sleep(3)
        now = on_cpu(psutil.Process(pid))
        if now > 1 and now - used < 0.15:
            return
        used = now


def _wait(operation: Operation, is_so: Any) -> int:
    """Until it is so. Returns how often the operation had got further in between."""
    seen, deadline = set(), time.monotonic() + PATIENCE
    while not is_so():
        if operation.has_ended or time.monotonic() > deadline:
            raise RuntimeError(f"The import got no further: {operation.state}, {operation.problem}")
        time.sleep(0.1)
        operation.refresh_from_db()
        seen.add((operation.state, operation.total, operation.done))
    return len(seen)


def _wrong(operation: Operation, *, accounts: int, seen: int, rows: int) -> str:
    """What isn't exact, in a word each; empty if everybody is there once, is found, and has an event."""
    imported = Account.objects.filter(canonical_email__endswith="@imported.example")
    counted = {
        "accounts": Account.objects.count() - accounts,
        "hashes": imported.filter(password__contains=HASH).count(),
        "entries": CustomerEntry.objects.filter(pk__in=imported.values("pk")).count(),
        "events": Event.objects.filter(pk__gt=seen, action="customer.created").count(),
        "done": operation.done,
    }
    return ", ".join(f"{name}: {number:,}" for name, number in counted.items() if number != rows)
