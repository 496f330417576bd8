"""What is sent in one call: the events of the next seals, as values that every destination writes in its way.

Where the home tenant's log goes, the events of the installation go as well, as those of no tenant. They have no seals,
so they are sent by their IDs, a minute after they happened.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.utils import timezone
from django_tenants.utils import schema_context

from audit.models import Category, Event
from logs.models import Destination, Seal, SealKind
from logs.seals import chain
from logs.seals.sealing import SEALED_AFTER, Row, rows_of, sealed_ids
from tenants.lookup import PUBLIC, current_tenant
from tenants.models import InstallationEvent, Tenant

MOST_EVENTS = 1000
SEALS_LOOKED_AT = 200
WITH_EVENTS = (SealKind.EVENTS, SealKind.LATE)
INSTALLATION_COLUMNS = sorted(field.attname for field in InstallationEvent._meta.concrete_fields)


@dataclass(frozen=True)
class Batch:
    """Events in the order in which they are sent, by name of column, and the cursors of a destination that got them.

    `last_seal` ("number:hash") is the one that the batch ends with. `lost` of its events went, as their time was over,
    before they could be sent.
    """

    tenant: str
    events: tuple[Row, ...]
    cursor: int = 0
    installation_cursor: int = 0
    last_seal: str = ""
    lost: int = 0


def next_batch(destination: Destination) -> Batch | None:
    """The events that the destination hasn't got, about 1,000, of whole passes of the worker; None if it has all."""
    tenant = served_tenant()
    batch = _next_of_tenant(destination, tenant)
    return batch or (_next_of_installation(destination, tenant) if tenant.is_home else None)


def trial_batch() -> Batch:
    """One event that never happened, by which an administrator sees whether a destination takes any."""
    tenant = served_tenant()
    event = {"id": f"{tenant.slug}.test", "tenant": tenant.slug, "at": timezone.now(), "action": "log.tested"}
    return Batch(tenant.slug, (event,))


def newest_of_installation(*, before: datetime | None = None) -> int:
    """The ID of the last event of the installation, or of the last one before a moment."""
    with schema_context(PUBLIC):
        events = InstallationEvent.objects.all() if before is None else InstallationEvent.objects.filter(at__lt=before)
        return events.order_by("-at", "-pk").values_list("pk", flat=True).first() or 0


def served_tenant() -> Tenant:
    """The tenant being served, which a batch always has."""
    tenant = current_tenant()
    assert tenant is not None, "a batch is some tenant's"  # noqa: S101 - for the type checker
    return tenant


def _next_of_tenant(destination: Destination, tenant: Tenant) -> Batch | None:
    seals = _next_seals(destination.cursor)
    if not seals:
        return None
    with_events = [seal for seal in seals if seal.kind in WITH_EVENTS]
    theirs = sealed_ids(Seal.objects.filter(number__in=[seal.number for seal in with_events]))
    rows = rows_of(Event.objects.filter(pk__in=theirs), most=2 * MOST_EVENTS)
    last = seals[-1]
    return Batch(
        tenant.slug,
        tuple(_told(row, id=f"{tenant.slug}.{row['id']}", tenant=tenant.slug) for row in rows),
        cursor=last.number,
        installation_cursor=destination.installation_cursor,
        last_seal=f"{last.number}:{chain.hash_of(last, schema=tenant.schema_name)}",
        lost=sum(seal.count for seal in with_events) - len(rows),
    )


def _next_seals(cursor: int) -> list[Seal]:
    """The seals of the next batch: whole passes, so that events of both categories keep their order."""
    seals = Seal.objects.filter(number__gt=cursor).defer("event_ids", "leaves").order_by("number")
    taken: list[Seal] = []
    events = 0
    for seal in seals[:SEALS_LOOKED_AT]:
        belongs = bool(taken) and taken[-1].kind == seal.kind == SealKind.EVENTS and taken[-1].up_to == seal.up_to
        number = seal.count if seal.kind in WITH_EVENTS else 0
        if taken and not belongs and events + number > MOST_EVENTS:
            break
        taken.append(seal)
        events += number
    return taken


def _next_of_installation(destination: Destination, tenant: Tenant) -> Batch | None:
    edge = timezone.now() - SEALED_AFTER
    with schema_context(PUBLIC):
        found = InstallationEvent.objects.filter(pk__gt=destination.installation_cursor).order_by("pk")
        columns = found.values_list(*INSTALLATION_COLUMNS)[:MOST_EVENTS]
        rows = [dict(zip(INSTALLATION_COLUMNS, row, strict=True)) for row in columns]
    due = list(takewhile(lambda row: row["at"] < edge, rows))
    if not due:
        return None
    events = (_told(row, id=f"installation:{row['id']}", category=Category.ADMINISTRATION) for row in due)
    cursors = {"cursor": destination.cursor, "installation_cursor": due[-1]["id"]}
    return Batch(tenant.slug, tuple(events), **cursors)


def _told(row: Row, **more: str) -> dict[str, Any]:
    """An event as others read it: what is empty is left out, and its ID is no other event's."""
    return {**{name: value for name, value in row.items() if value not in (None, "", {})}, **more}
