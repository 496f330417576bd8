"""Filling the tenant, once: founded as any other, then written into its tables by the million."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from bench.portal.happenings import write_events, write_seals, write_the_rest
from bench.portal.people import People, moment_of_filling, write_people
from bench.portal.place import FILLED, SLUG, Place

APPLICATIONS = 40
CLOSED_BY_THE_PRODUCT = 8
COPIED_WEEKS = 104
LATE_INDEXES = """
    SELECT pg_get_indexdef(index.indexrelid), index.indexrelid::regclass::text
    FROM pg_index index WHERE index.indrelid = %s::regclass
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid)
"""
# The tenant is as busy as this for two years; nobody would notice which days are whose.
EARLIER_SUMS = """
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT day - 7 * weeks, hour, metric, dimension, value, n
    FROM figures_sum, generate_series(1, %(weeks)s) weeks
    WHERE hour = -1 AND day > %(last)s::date - 7 AND day <= %(last)s ON CONFLICT DO NOTHING
"""
JOURNEYS = """
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT day.day, -1, said.metric, flow.id::text, purpose || ':' || said.value || said.version, said.n
    FROM figures_day day, userflows_userflow flow, unnest(ARRAY['sign_in', 'sign_up', 'reset']) purpose,
        LATERAL (
            SELECT metric, value, ':' || 1 + (day.day - '2020-01-01') / 60, n
            FROM (VALUES ('journeys', 'finished', 800), ('journeys', 'address', 90), ('journeys', 'password', 60),
                ('journeys', 'code', 40), ('journey_seconds', '20', 300), ('journey_seconds', '45', 400),
                ('journey_seconds', '120', 100)) ended(metric, value, n)
            UNION ALL
            SELECT 'step_seconds', step || ':' || bound, '', 100
            FROM unnest(ARRAY['address', 'password', 'code']) step, unnest(ARRAY[5, 10, 15, 20, 30, 60]) bound
        ) said(metric, value, version, n)
    ON CONFLICT DO NOTHING
"""


def fill(place: Place, folder: Path, *, customers: int, events: int) -> Any:
    """The tenant with so many customers and events, made now if it isn't there yet. Returns it."""
    from tenants.models import Tenant
    from tenants.schema.upgrade import upgrade

    upgrade()
    mark = folder / FILLED
    if not mark.exists():
        now = moment_of_filling()
        tenant = _found()
        place.use(tenant.schema_name)
        place.superuser.execute(
            "SET synchronous_commit = off; SET work_mem = '512MB'; SET maintenance_work_mem = '1GB'"
        )
        _write(place, tenant, now, customers=customers, events=events)
        mark.write_text(json.dumps({"customers": customers, "events": events, "at": now.isoformat()}))
    with schema_context("public"):
        tenant = Tenant.objects.get(slug=SLUG)
    place.use(tenant.schema_name)
    return tenant


def _found() -> Any:
    """The home tenant, and the large one with its applications, attributes and flows."""
    from accounts.identity.services.attributes import define_custom_attribute
    from applications.services.registration import register_application
    from audit.services import Actor
    from operations.onboarding import home_tenant_or_new, onboard_tenant
    from userflows.flows.services import create_user_flow

    actor = Actor.command()
    home_tenant_or_new(actor=actor)
    tenant = onboard_tenant(name="Large", slug=SLUG, country="DE", actor=actor)
    with tenant_context(tenant):
        for name, kind in {
            "loyaltyNumber": "String",
            "tier": "String",
            "newsletter": "Boolean",
            "points": "Int",
        }.items():
            define_custom_attribute(name=name, data_type=kind, description="", actor=actor)
        for name in ("mobile", "partners"):
            create_user_flow(name=name, actor=actor)
        for number in range(APPLICATIONS):
            callback = f"https://shop{number}.example/callback"
            register_application(name=f"Shop {number:02}", kind="web", redirect_uris=[callback], actor=actor)
    return tenant


def _write(place: Place, tenant: Any, now: datetime, *, customers: int, events: int) -> None:
    from applications.models import Application

    with tenant_context(tenant):
        clients = list(Application.objects.order_by("name").values_list("client_id", "name"))
    with _without_indexes(place, "accounts_account", "accounts_customerentry"):
        _said("customers", lambda: write_people(place, People(customers, now)))
    with _without_indexes(place, "audit_event"):
        _said("events", lambda: write_events(place, count=events, people=customers, until=now, clients=clients))
    _said("seals", lambda: write_seals(place))
    with tenant_context(tenant):
        _said("all beside", lambda: write_the_rest(place))
    _said("vacuum", place.vacuum)
    _said("figures", lambda: _keep_books(place, tenant, now))
    _said("vacuum", place.vacuum)


@contextmanager
def _without_indexes(place: Place, *tables: str) -> Iterator[None]:
    """Without those that only make reading quick: they are made again at the end, which is far quicker."""
    found: list[tuple[str, str]] = []
    for table in tables:
        found += place.superuser.execute(LATE_INDEXES, [table]).fetchall()
    for _, name in found:
        place.superuser.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    yield
    for definition, name in found:
        _said(f"index {name}", lambda definition=definition: place.superuser.execute(definition))  # type: ignore[misc]


def _keep_books(place: Place, tenant: Any, now: datetime) -> None:
    """The product counts the last days itself; those before are like them."""
    from audit.models import Event
    from figures.models import Books, Day
    from figures.services.activity import NOTE
    from figures.services.books import books_in_hand
    from figures.services.keeping import keep_books
    from figures.services.months import sum_months

    last = now.date() - timedelta(days=1)
    first = last - timedelta(days=CLOSED_BY_THE_PRODUCT + 7 * COPIED_WEEKS)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with tenant_context(tenant):
        seen = Event.objects.aggregate(last=Max("pk"))["last"]
        place.superuser.execute(NOTE, [0, seen])
        Books.objects.create(event_seen=seen)
        Day.objects.bulk_create(
            Day(day=day, begins_at=midnight - (now.date() - day), ends_at=midnight - (last - day))
            for day in _days(first, last - timedelta(days=CLOSED_BY_THE_PRODUCT))
        )
        keep_books()
    place.superuser.execute(EARLIER_SUMS, {"weeks": COPIED_WEEKS, "last": last})
    place.superuser.execute(JOURNEYS)
    with tenant_context(tenant), transaction.atomic():
        Books.objects.update(months_to=None, journey_months_to=None)
        sum_months(books_in_hand(), until=last + timedelta(days=1))


def _days(first: Any, last: Any) -> Sequence[Any]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _said(what: str, do: Callable[[], object]) -> None:
    """Do it, and say how long it took."""
    begun = time.monotonic()
    do()
    print(f"  {what:<40}{time.monotonic() - begun:>8.1f} s", flush=True)  # noqa: T201
