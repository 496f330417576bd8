"""What is sent in one call: the events of the next seals, as values that every destination writes in its way."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from audit.models import Event
from logs.models import Seal, SealKind
from logs.seals import chain
from logs.seals.sealing import Row, rows_of, sealed_ids
from tenants.lookup import current_tenant

MOST_EVENTS = 1000
SEALS_LOOKED_AT = 200


@dataclass(frozen=True)
class Batch:
    """Events in the order in which they are sent, by name of column; `cursor` is where a destination is that got them.

    `last_seal` ("number:hash") is the one that the batch ends with. `lost` of its events went, as their time was over,
    before they could be sent.
    """

    tenant: str
    events: tuple[Row, ...]
    cursor: int
    last_seal: str
    lost: int = 0


def next_batch(cursor: int) -> Batch | None:
    """The events behind this cursor, of whole passes of the worker, about 1,000; None if there is nothing more."""
    seals = _next_seals(cursor)
    if not seals:
        return None
    numbers = [seal.number for seal in seals if seal.kind in _WITH_EVENTS]
    rows = rows_of(
        Event.objects.filter(pk__in=sealed_ids(Seal.objects.filter(number__in=numbers))), most=2 * MOST_EVENTS
    )
    expected = sum(seal.count for seal in seals if seal.kind in _WITH_EVENTS)
    tenant, schema = _served()
    events = tuple(told(row, tenant=tenant) for row in rows)
    last = f"{seals[-1].number}:{chain.hash_of(seals[-1], schema=schema)}"
    return Batch(tenant, events, cursor=seals[-1].number, last_seal=last, lost=expected - len(rows))


def test_batch() -> Batch:
    """One event that never happened, by which an administrator sees whether a destination takes any."""
    tenant, _ = _served()
    event = {
        "id": f"{tenant}.test",
        "tenant": tenant,
        "at": timezone.now(),
        "action": "log.tested",
        "result": "success",
    }
    return Batch(tenant, (event,), cursor=0, last_seal="")


def told(row: Row, *, tenant: str) -> dict[str, Any]:
    """An event as others read it: what is empty is left out, and its ID says whose it is, as no other event's does."""
    full = {name: value for name, value in row.items() if value not in (None, "", {})}
    return {**full, "id": f"{tenant}.{row['id']}", "tenant": tenant}


_WITH_EVENTS = (SealKind.EVENTS, SealKind.LATE)


def _next_seals(cursor: int) -> list[Seal]:
    """The seals of the next batch: whole passes, so that events of both categories keep their order."""
    seals = list(
        Seal.objects.filter(number__gt=cursor).defer("event_ids", "leaves").order_by("number")[:SEALS_LOOKED_AT]
    )
    taken: list[Seal] = []
    events = 0
    for seal in seals:
        belongs = bool(taken) and taken[-1].kind == seal.kind == SealKind.EVENTS and taken[-1].up_to == seal.up_to
        number = seal.count if seal.kind in _WITH_EVENTS else 0
        if taken and not belongs and events + number > MOST_EVENTS:
            break
        taken.append(seal)
        events += number
    return taken


def _served() -> tuple[str, str]:
    tenant = current_tenant()
    assert tenant is not None, "a batch is some tenant's"  # noqa: S101 - for the type checker
    return tenant.slug, tenant.schema_name
