"""Everything that is measured, one after another, each with whether it keeps within its budget."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from audit.services import Actor
from bench.machine import Installation, web_server
from bench.portal.bulk import EXPORT_SECONDS, FIRST_BYTE_SECONDS, ROWS_A_SECOND, export_all, import_file
from bench.portal.meter import MEDIAN_BUDGET, P95_BUDGET, Meter, Page, Row
from bench.portal.pages import pages
from bench.portal.place import Place
from operations.onboarding import appoint_administrator
from tenants.models import Tenant
from tests.browser import Browser

ADMINISTRATOR = "administrator@portal.example"
PASSWORD = "measured with patience"  # noqa: S105 - of somebody who lives for minutes


def measure_pages(place: Place, tenant: Any, *, only: str = "", readings: int = 20) -> bool:
    """Measure each kind of page and print what it costs; at the end, the dearest search and question by themselves."""
    with tenant_context(tenant):
        asked = [page for page in pages(tenant) if only in page.name]
    numbers = f"{'server':>8}{'database':>10}{'median':>8}{'p95':>8}{'worst':>8}{'statements':>12}"
    print(f"\nyardstick: {_yardstick():.0f} ms for a million additions\n\n{'CPU ms of a request':<36}{numbers}")  # noqa: T201
    with _meter(place) as meter:
        rows = [_told(meter.measure(page, readings)) for page in asked]
        for kind in ("search", "log, "):
            found = [row.worst for row in rows if row.name.startswith(kind)]
            if found:
                dearest = max(found, key=lambda reading: reading.total)
                rows.append(
                    _told(meter.measure(Page(f"the dearest of {kind.strip(', ')}", [dearest.address]), readings))
                )
    return all(row.is_within_budget for row in rows)


def measure_import(place: Place, tenant: Any, *, rows: int) -> bool:
    """Bring a file in, and print how that went."""
    brought = import_file(place, tenant, rows=rows)
    print(  # noqa: T201
        f"\nimport of {rows:,} with password hashes: checked with {brought.checked:.1f} s of CPU, brought in with "
        f"{brought.applied:.1f} s, {brought.rows_a_second:,.0f} rows a second; progress seen {brought.steps_seen} times"
        f"; killed once, then {f'wrong: {brought.wrong}' if brought.wrong else 'exact'}"
    )
    return not brought.wrong and brought.steps_seen > 1 and brought.rows_a_second >= ROWS_A_SECOND


def measure_export(place: Place, tenant: Any) -> bool:
    """Take everybody away as a file, and print how that went."""
    address = reverse("portal:export", urlconf=settings.HOME_URLCONF, args=[tenant.slug])
    with _meter(place) as meter:
        taken = export_all(meter, address)
    print(  # noqa: T201
        f"\nexport of {taken.lines:,} lines: {taken.cpu:.1f} s of CPU; on the clock {taken.clock:.1f} s, "
        f"the first byte after {taken.first_byte:.2f} s"
    )
    return taken.cpu <= EXPORT_SECONDS and taken.first_byte <= FIRST_BYTE_SECONDS


def _yardstick() -> float:
    """How quick the machine is now: what shares its cores makes all CPU time longer, too."""
    begun, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return (time.process_time() - begun) * 1000


@contextmanager
def _meter(place: Place) -> Iterator[Meter]:
    """A web process that is asked by somebody who runs the installation."""
    with web_server(Installation(place.url, place.superuser), settings={"CIAM_WEB_THREADS": "2"}) as machine:
        yield Meter(place, machine.server, _cookies())


def _cookies() -> dict[str, str]:
    with schema_context("public"):
        home = Tenant.objects.home()
    appointed = appoint_administrator(email=ADMINISTRATOR, password=PASSWORD, tenant=None, actor=Actor.command())
    browser = Browser(home)
    browser.sign_in(appointed.account)
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def _told(row: Row) -> Row:
    over = "" if row.is_within_budget else f"  over {MEDIAN_BUDGET:.0f} or {P95_BUDGET:.0f}"
    print(  # noqa: T201
        f"{row.name:<36}{row.server:>8.1f}{row.database:>10.1f}{row.median:>8.1f}{row.p95:>8.1f}"
        f"{row.highest.total:>8.1f}{row.statements:>12}{over}",
        flush=True,
    )
    if row.worst.total > MEDIAN_BUDGET and len({each.address for each in row.readings}) > 1:
        print(f"    {row.worst.total:.1f}: {row.worst.address}")  # noqa: T201
    return row
