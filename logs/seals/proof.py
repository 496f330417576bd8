"""What the seals say of one event: since when it is sealed and, where somebody asks, whether it is as it was then."""

from dataclasses import dataclass
from datetime import timedelta

from audit.models import AbstractEvent
from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.text.translation import gettext_noop as _
from logs.models import AbstractSeal, SealKind
from logs.seals import chain
from logs.seals.keys import is_known
from logs.seals.merkle import leaf_of
from logs.seals.sealing import LATE_WITHIN_AT_LEISURE, rows_of
from logs.seals.verifying import EVENT_ALTERED, FaultFound, Wrong, check_signature, leaves_of
from logs.served import category_of, served_events, served_seals
from tenants.postgresql import current_schema

LATE_AT_MOST = LATE_WITHIN_AT_LEISURE + timedelta(hours=2)
"""So long after it happened an event may still be sealed late: it is looked for each hour, with some time to spare."""

WITHOUT_SEAL = _("Event %(event)s has no seal, though later ones have.")
KEY_IS_GONE = _(
    "Seal %(seal)s was made with the encryption key “%(key)s”, which no longer exists. Only the whole log can be "
    "verified."
)


@dataclass(frozen=True)
class Proof:
    """The seal that is about an event, None as long as it waits for one; and what is wrong, if anything was found.

    `is_verified` says whether that was looked at: the event against its seal, and the seal's signature. The way from
    the seal to the end of the chain isn't gone; `verify` does that.
    """

    seal: AbstractSeal | None
    problem: KeptSentence = NOTHING_TO_SAY
    is_verified: bool = False


def proof_of(event: AbstractEvent, *, verified: bool = False) -> Proof:
    """The proof for an event of the log being served; `verified`: look also whether it is right."""
    seal, last = _seal_of(event), chain.head()
    if seal is None:
        is_passed = last is not None and event.pk <= last.up_to
        # What came late is looked for once an hour.
        return Proof(None, KeptSentence(WITHOUT_SEAL, {"event": event.pk}) if is_passed else NOTHING_TO_SAY)
    if not verified:
        return Proof(seal)
    try:
        _check(event, seal)
    except FaultFound as found:
        return Proof(seal, found.fault.sentence, is_verified=True)
    return Proof(seal, is_verified=True)


def _seal_of(event: AbstractEvent) -> AbstractSeal | None:
    """An index leads to the seal of its range, and to the few of the day in which it may have come late."""
    seals = served_seals().filter(category=category_of(vars(event)))
    of_range: AbstractSeal | None = (
        seals.filter(kind=SealKind.EVENTS, up_to__gte=event.pk).order_by("up_to", "number").first()
    )
    if of_range is None or event.pk in of_range.event_ids:
        return of_range
    in_time = {"sealed_at__gte": event.at, "sealed_at__lte": event.at + LATE_AT_MOST}
    late: AbstractSeal | None = seals.filter(kind=SealKind.LATE, event_ids__contains=[event.pk], **in_time).first()
    return late


def _check(event: AbstractEvent, seal: AbstractSeal) -> None:
    if not is_known(seal.key_id):
        raise FaultFound(Wrong.SEAL, KEY_IS_GONE, seal.number, key=seal.key_id)
    check_signature(seal, schema=current_schema())
    [row] = rows_of(served_events().filter(pk=event.pk))
    if leaf_of(row) != leaves_of(seal)[event.pk]:
        raise FaultFound(Wrong.ALTERED, EVENT_ALTERED, seal.number, event.pk)
