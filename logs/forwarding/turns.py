"""The worker's turn at a tenant's destinations: what is due is read, sent, and noted, each for itself."""

import time
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from audit.services import Actor, record
from logs.forwarding.batches import Batch, next_batch, served_tenant
from logs.forwarding.policies import is_given_up, wait_after
from logs.forwarding.senders import Outcome, send
from logs.models import MAX_ANSWER, Delivery, Destination

HELD_FOR = timedelta(minutes=2)
"""Longer than reading, sending and noting one batch takes. If its worker dies, another one may have it after that."""

TURN_SECONDS = 20.0
DELIVERIES_KEPT = 50
SLOW_MILLISECONDS, SLOW_FOR = 3000, timedelta(hours=1)


class Lane(Enum):
    """Which destinations have a turn: those that have shown that they answer quickly, or all others.

    They go beside each other, so that whoever lets us wait, or was never called, keeps waiting only those like them.
    """

    QUICK = True
    OTHERS = False


def forward_what_is_due(schema: str, lane: Lane | None = None) -> bool:
    """Send what the tenant's destinations (of a lane) haven't got yet, for 20 seconds and the length of a call at most.

    Says whether to come again soon.
    """
    until = time.monotonic() + TURN_SECONDS
    with schema_context(schema):
        is_more = True
        while is_more and time.monotonic() < until:
            # A batch each, so that none waits for all of another's.
            due = [pk for pk, is_quick in _due().values_list("pk", "is_quick") if lane in {None, Lane(is_quick)}]
            sent = [_forward_one_batch(pk) for pk in due if time.monotonic() < until]
            is_more = any(sent)
        running = Destination.objects.filter(is_suspended=False)
        # Nothing in the home tenant tells of what happens to the installation, so it is looked for each time.
        is_waiting = running if served_tenant().is_home else running.filter(next_try_at__isnull=False)
        return is_more or is_waiting.exists()


def _due() -> QuerySet[Any]:
    """Those that may be called now: not suspended, not put off, and in no worker's hands."""
    now = timezone.now()
    is_due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    is_free = Q(held_until=None) | Q(held_until__lt=now)
    calls = Delivery.objects.filter(destination=OuterRef("pk"))
    was_slow = Exists(calls.filter(took__gte=SLOW_MILLISECONDS, at__gte=now - SLOW_FOR))
    found = Destination.objects.filter(is_due, is_free, is_suspended=False).order_by("created_at")
    return found.annotate(is_quick=Exists(calls.filter(has_arrived=True)) & ~was_slow)


def _forward_one_batch(pk: UUID) -> bool:
    """Whether a batch has arrived, so that there may be more."""
    held_until = timezone.now() + HELD_FOR
    if not _due().filter(pk=pk).update(held_until=held_until):
        return False
    destination = Destination.objects.get(pk=pk)
    batch = next_batch(destination)
    if batch is None or not batch.events:
        _let_go(destination, cursor=batch.cursor if batch else destination.cursor)
        return batch is not None
    begun = time.monotonic()
    outcome = send(destination, batch)
    took = round((time.monotonic() - begun) * 1000)
    with transaction.atomic():
        if outcome.has_arrived:
            _note_arrival(destination, batch)
        else:
            _note_failure(destination, outcome)
        note_delivery(destination, batch, outcome, took=took)
    return outcome.has_arrived


def note_delivery(
    destination: Destination, batch: Batch, outcome: Outcome, *, took: int, is_test: bool = False
) -> None:
    """Keep what came of a call, which took so many milliseconds, and forget all but the last 50."""
    Delivery.objects.create(
        destination=destination,
        is_test=is_test,
        events=len(batch.events),
        has_arrived=outcome.has_arrived,
        status=outcome.status,
        answer=outcome.answer.written(MAX_ANSWER),
        took=took,
    )
    kept = destination.deliveries.order_by("-pk").values("pk")[:DELIVERIES_KEPT]
    destination.deliveries.exclude(pk__in=kept).delete()


def _mine(destination: Destination) -> QuerySet[Destination]:
    """The row, as long as it is ours: not if it was held too long, replayed or deleted meanwhile."""
    return Destination.objects.filter(pk=destination.pk, held_until=destination.held_until, cursor=destination.cursor)


def _let_go(destination: Destination, *, cursor: int) -> None:
    _mine(destination).update(held_until=None, cursor=cursor)


def _note_arrival(destination: Destination, batch: Batch) -> None:
    _mine(destination).update(
        cursor=batch.cursor,
        installation_cursor=batch.installation_cursor,
        held_until=None,
        failures=0,
        failing_since=None,
        next_try_at=None,
        arrived_at=timezone.now(),
    )


def _note_failure(destination: Destination, outcome: Outcome) -> None:
    now = timezone.now()
    failing_since, failures = destination.failing_since or now, destination.failures + 1
    is_over = is_given_up(failing_since, now)
    _mine(destination).update(
        held_until=None,
        failures=failures,
        failing_since=failing_since,
        next_try_at=None if is_over else now + wait_after(failures),
        is_suspended=is_over,
        suspended_because=outcome.told.written(MAX_ANSWER) if is_over else "",
    )
    if is_over:
        details = {"failures": failures, "status": outcome.status}
        record("log_destination.given_up", actor=Actor.system(), target=destination, details=details)
