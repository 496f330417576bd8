"""What floors above may want to hear, within the transaction in which it happens."""

from dataclasses import dataclass
from uuid import UUID

from django.dispatch import Signal


@dataclass(frozen=True)
class EndedSession:
    """A browser that was signed out: whose, its public name, and the client IDs of the applications visited in it."""

    account_id: UUID
    sid: str
    client_ids: tuple[str, ...]


# Sent with `sessions`, a list of `EndedSession`: browsers were signed out, and what was handed out there goes as well.
# A receiver may return addresses that the signed-out browser shall load, if there is one to load them.
sessions_ended = Signal()
# Sent with `sessions` likewise: their time was over. What was handed out there for longer than a session stays good.
sessions_expired = Signal()
# Sent with `account` and `sessions`: it was signed out of every browser, so whatever else it was given must go as well.
signed_out_everywhere = Signal()
