"""What colleagues changed last: the newest events of administration, in the sentences of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from audit.models import Event, EventQuerySet
from audit.search import newest_changes
from audit.sentences import name_of_actor, without_who

LOOKED_AT = 200
"""Events: so many are looked through at once."""

IMPORTS_PASSED = 3
"""So many imports are passed over where those looked at are of one alone, however many customers it brought."""


@dataclass(frozen=True)
class LastChange:
    """An event: what it says in pieces, each with whether it is a name; by whom, and when."""

    event_id: int
    pieces: Sequence[tuple[str, bool]]
    who: str
    at: datetime


def last_changes(*, reader: UUID, number: int) -> Sequence[LastChange]:
    """What administrators and commands changed last in the tenant in force, the newest first.

    Whoever reads of themselves is called "You".
    """
    found: list[Event] = []
    until = timezone.now()
    for _passed in range(IMPORTS_PASSED + 1):
        found += newest_changes(until, among=LOOKED_AT, number=number - len(found))
        begun = _import_begun(until) if len(found) < number else None
        if begun is None:
            break
        until = begun
    return [LastChange(event.pk, list(without_who(event)), _who(event, reader), event.at) for event in found]


def _changes(until: datetime) -> EventQuerySet:
    by_people = Event.objects.administration().filter(actor_kind__in=["administrator", "command"], at__lte=until)
    return by_people.newest_first()


def _import_begun(until: datetime) -> datetime | None:
    """When the import began of which the last event is that was looked at; None if that is of none."""
    last = _changes(until).values_list("details__import", flat=True)[LOOKED_AT - 1 : LOOKED_AT].first()
    if last is None:
        return None
    begun = Event.objects.filter(action="operation.started", target_id=last).newest_first()
    return begun.values_list("at", flat=True).first()


def _who(event: Event, reader: UUID) -> str:
    return gettext("You") if event.actor_id == str(reader) else name_of_actor(event)
