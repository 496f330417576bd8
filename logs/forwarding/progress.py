"""How far forwarding has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from logs.models import Destination, Seal, SealKind
from logs.served import is_of_installation


class DestinationState(StrEnum):
    """How a destination stands: it gets events, fails just now, was suspended, or was given up after three days."""

    ACTIVE = "active"
    FAILING = "failing"
    SUSPENDED = "suspended"
    GIVEN_UP = "given up"

    @property
    def label(self) -> str:
        """What people call it."""
        return str(NAMES[self])


NAMES = {
    DestinationState.ACTIVE: _("Active"),
    DestinationState.FAILING: _("Failing"),
    DestinationState.SUSPENDED: _("Suspended"),
    DestinationState.GIVEN_UP: _("Given up"),
}
TONES = {
    DestinationState.ACTIVE: "green",
    DestinationState.FAILING: "yellow",
    DestinationState.SUSPENDED: "",
    DestinationState.GIVEN_UP: "red",
}


@dataclass(frozen=True)
class Progress:
    """How a destination stands, how many sealed events it hasn't got yet, and since when the oldest of them waits."""

    state: DestinationState
    waiting: int = 0
    oldest_at: datetime | None = None


def progress_of(destination: Destination) -> Progress:
    """The progress of a destination of the tenant being served."""
    state = state_of(destination)
    behind = Seal.objects.filter(number__gt=destination.cursor, kind__in=[SealKind.EVENTS, SealKind.LATE])
    oldest_at = behind.order_by("number").values_list("newest_at", flat=True).first()
    if oldest_at is None:
        return Progress(state)
    return Progress(state, behind.aggregate(events=Sum("count"))["events"] or 0, oldest_at)


def state_of(destination: Destination) -> DestinationState:
    """How it stands by its own row."""
    if destination.is_suspended:
        return DestinationState.GIVEN_UP if destination.suspended_because else DestinationState.SUSPENDED
    return DestinationState.FAILING if destination.failures else DestinationState.ACTIVE


def forwarded_to() -> int | None:
    """The number of the last seal whose events have reached every destination; None if there is no destination.

    The events of the installation go to the destinations of the home tenant by their IDs, and wait for none.
    """
    if is_of_installation():
        return None
    cursors = list(Destination.objects.values_list("cursor", flat=True))
    return min(cursors) if cursors else None
