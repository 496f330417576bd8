"""Pruning events whose time is over, seal by seal.

A seal's events go together, and another seal says that they went; so what is left can still be checked. Only a
function of the database's owner deletes (`prune_sealed_events` in tenants/schema/walls.sql), which refuses to touch
young events.
"""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from audit.models import Category
from logs.forwarding.policies import HELD_BACK_FOR
from logs.forwarding.progress import forwarded_to
from logs.models import SealKind
from logs.rules import describe
from logs.seals import chain
from logs.seals.chain import Statement
from logs.served import served_seals
from tenants.lookup import PUBLIC

SEALS_AT_ONCE = 5
"""That is 5,000 events at most, so that no batch holds its locks for longer than a moment."""


class SealToPrune(NamedTuple):
    """What is asked of a seal whose events may go."""

    number: int
    newest_at: datetime
    events: int


def prune_events(schema: str) -> int:
    """Delete the events of a log that are older than its rules say, each batch by itself. Returns how many."""
    with schema_context(schema):
        rules = describe()
    now = timezone.now()
    return sum(_prune(schema, category, now - timedelta(days=rules.days(category))) for category in Category)


def _prune(schema: str, category: Category, older_than: datetime) -> int:
    pruned, last = 0, -1
    while last:
        last = _prune_some(schema, category, older_than)
        pruned += last
    return pruned


def _prune_some(schema: str, category: Category, older_than: datetime) -> int:
    with transaction.atomic(), schema_context(schema):
        chain.hold(schema, waits=True)
        last = chain.head()
        forwarded = forwarded_to()
        seals = list(takewhile(lambda seal: _may_go(seal, older_than, forwarded), _next_seals(category)))
        if last is None or not seals:
            return 0
        first_number, last_number = seals[0].number, seals[-1].number
        went = Statement(
            kind=SealKind.PRUNED,
            category=category,
            up_to=last.up_to,
            pruned_to=last_number,
            count=sum(seal.events for seal in seals),
        )
        chain.add([went], after=last, schema=schema)
        with schema_context(PUBLIC), connection.cursor() as cursor:
            cursor.execute(
                "SELECT public.prune_sealed_events(%s, %s, %s, %s, %s)",
                [schema, category, older_than, first_number, last_number],
            )
    return went.count


def _may_go(seal: SealToPrune, older_than: datetime, forwarded: int | None) -> bool:
    """What hasn't reached a destination stays for a week more: no longer, so that a dead one can't fill the disk."""
    has_arrived = forwarded is None or seal.number <= forwarded
    return seal.newest_at < (older_than if has_arrived else older_than - HELD_BACK_FOR)


def _next_seals(category: Category) -> list[SealToPrune]:
    """The seals of this category whose events are there, the oldest first."""
    seals = served_seals().filter(kind__in=[SealKind.EVENTS, SealKind.LATE], category=category)
    seals = seals.filter(number__gt=chain.pruned_to(category)).order_by("number")
    rows = seals.values_list("number", "newest_at", "count")[:SEALS_AT_ONCE]
    return [SealToPrune(number, newest_at, events) for number, newest_at, events in rows if newest_at]
