"""What colleagues changed last: the newest events of administration, in the sentences of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from audit.models import Event
from audit.sentences import name_of_actor, without_who

LOOKED_AT = 200
"""Events: so many are looked through, however large the import."""


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
    newest = Event.objects.administration().filter(actor_kind__in=["administrator", "command"]).newest_first()
    # An import is one change, told when it ends, however many customers it brought.
    changes = Event.objects.filter(pk__in=newest.values("pk")[:LOOKED_AT]).exclude(details__has_key="import")
    return [
        LastChange(event.pk, list(without_who(event)), _who(event, reader), event.at)
        for event in changes.defer("details").newest_first()[:number]
    ]


def _who(event: Event, reader: UUID) -> str:
    return gettext("You") if event.actor_id == str(reader) else name_of_actor(event)
