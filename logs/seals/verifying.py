"""Checking a log against its seals: that all is right, or the first event or seal that isn't."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django_tenants.utils import schema_context

from audit.models import Category
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from logs.models import AbstractSeal, SealKind
from logs.seals import chain
from logs.seals.keys import is_known, is_signed
from logs.seals.merkle import leaf_of, root_of, split_leaves
from logs.seals.sealing import BEFORE_ALL, MOST_IN_A_SEAL, Row, rows_of, sealed_ids
from logs.served import served_events, served_seals

SEALS_AT_ONCE = 50
EVENT_ALTERED = _("Event %(event)s was altered after it was sealed.")
MOST_UNSEALED_COUNTED = 10_000
ATTEMPTS = 5


class Wrong(StrEnum):
    """What can be wrong: with an event, or with the chain of seals."""

    ALTERED = "altered"
    MISSING = "missing"
    ADDED = "added"
    SEAL = "seal"


class Noted(NamedTuple):
    """A seal as somebody noted it outside the database: its number, and its hash in hexadecimal digits."""

    number: int
    hash: str


@dataclass(frozen=True)
class Fault:
    """The first thing that isn't as it was sealed. `event_id` is None where it is about a seal."""

    kind: Wrong
    sentence: KeptSentence
    seal: int
    event_id: int | None = None


@dataclass
class Verification:
    """What was found: how many events are as they were sealed, to which moment, and the last seal that was reached.

    `late` of them were sealed late, `pruned` more have gone as their time was over; `unsealed`, 10,000 at most, are too
    young to have a seal.
    """

    entries: int = 0
    late: int = 0
    pruned: int = 0
    unsealed: int = 0
    seals: int = 0
    verified_to: datetime | None = None
    last: Noted | None = None
    fault: Fault | None = None


class FaultFound(Exception):
    """Something is wrong, which ends the walk along the chain."""

    def __init__(self, kind: Wrong, words: str, seal: int, event_id: int | None = None, **values: str) -> None:
        """The words are marked for translation, and have places for the seal, the event and the further values."""
        sentence = KeptSentence(words, {"seal": seal, "event": event_id, **values})
        super().__init__(sentence.in_english)
        self.fault = Fault(kind, sentence, seal, event_id)


def verify(schema: str, *, noted: Noted | None = None) -> Verification:
    """Check all events of the log of this schema and, if a seal was `noted`, that it is still in the chain."""
    with schema_context(schema):
        for _attempt in range(ATTEMPTS):
            pruned = _pruned()
            found = _Walk(schema, pruned, noted).along_the_chain(with_events=True)
            # Where housekeeping prunes on the way, what is gone by now was still to be there.
            if found.fault is None or pruned == _pruned():
                break
    return found


def verify_chain(schema: str) -> Verification:
    """Check the seals alone, without the events they are about."""
    with schema_context(schema):
        return _Walk(schema, _pruned(), None).along_the_chain(with_events=False)


def _pruned() -> dict[str, int]:
    return {category: chain.pruned_to(category) for category in Category}


def check_signature(seal: AbstractSeal, *, schema: str) -> None:
    """Raise `FaultFound` unless one of our keys has signed the seal. The key has to be known."""
    if not is_signed(chain.said_by(seal, schema=schema), seal.signature, key_id=seal.key_id):
        raise FaultFound(Wrong.SEAL, _("Seal %(seal)s was altered: its signature isn’t ours."), seal.number)


def leaves_of(seal: AbstractSeal) -> dict[int, bytes]:
    """What the seal says of each of its events, by ID. Raises `FaultFound` if that doesn't come to what was signed."""
    leaves = split_leaves(bytes(seal.leaves))
    if not seal.count == len(seal.event_ids) == len(leaves) or root_of(leaves).hex() != seal.root:
        raise FaultFound(Wrong.SEAL, _("Seal %(seal)s was altered: its events don’t come to its root."), seal.number)
    return dict(zip(seal.event_ids, leaves, strict=True))


class _Walk:
    """One way along the chain from its beginning."""

    def __init__(self, schema: str, pruned: Mapping[str, int], noted: Noted | None) -> None:
        self.schema, self.pruned, self.noted = schema, pruned, noted
        self.result = Verification()
        self.before: AbstractSeal | None = None
        self.unvouched: AbstractSeal | None = None
        self.up_to = BEFORE_ALL
        self.late_ids: set[int] = set()

    def along_the_chain(self, *, with_events: bool) -> Verification:
        try:
            self._check_all(with_events=with_events)
        except FaultFound as found:
            self.result.fault = found.fault
        return self.result

    def _check_all(self, *, with_events: bool) -> None:
        if with_events:
            self.late_ids = set(sealed_ids(served_seals().filter(kind=SealKind.LATE)).values_list("event", flat=True))
        together: list[AbstractSeal] = []
        for seal in _seals(with_leaves=with_events):
            self._check_link(seal)
            if not with_events:
                continue
            if together and (seal.kind != SealKind.EVENTS or seal.up_to != together[0].up_to):
                self._check_range(together)
                together = []
            if seal.kind == SealKind.EVENTS:
                together.append(seal)
            elif seal.kind == SealKind.LATE:
                self._check_events([seal], rows_of(served_events().filter(pk__in=seal.event_ids)))
        if together:
            self._check_range(together)
        self._check_end()
        if with_events:
            self.result.unsealed = served_events().filter(pk__gt=self.up_to)[:MOST_UNSEALED_COUNTED].count()

    def _check_link(self, seal: AbstractSeal) -> None:
        """A seal follows from the one before, and was signed by us."""
        before, last = self.before, self.result.last
        number = before.number + 1 if before else 1
        if seal.number != number:
            raise FaultFound(Wrong.SEAL, _("Seal %(seal)s is missing."), number)
        if seal.previous != (last.hash if last else "") or (before is not None and seal.up_to < before.up_to):
            raise FaultFound(Wrong.SEAL, _("Seal %(seal)s doesn’t follow from the one before."), number)
        self._check_signature(seal)
        self.before, self.result.last = seal, Noted(number, chain.hash_of(seal, schema=self.schema))
        self.result.seals += 1
        if self.noted and self.noted.number == number:
            if self.noted.hash != self.result.last.hash:
                raise FaultFound(Wrong.SEAL, _("Seal %(seal)s isn’t the one that was noted."), number)
            self.unvouched = None

    def _check_signature(self, seal: AbstractSeal) -> None:
        """Ours, or of a key that was taken out since: then a later seal has to vouch for it, as `reseal` makes one."""
        if not is_known(seal.key_id):
            self.unvouched = self.unvouched or seal
            return
        check_signature(seal, schema=self.schema)
        if seal.kind == SealKind.KEY:
            self.unvouched = None

    def _check_end(self) -> None:
        last, unvouched = self.before, self.unvouched
        if unvouched is not None:
            words = _(
                "Seal %(seal)s was made with the encryption key “%(key)s”, which isn’t in CIAM_ENCRYPTION_KEYS. Put it"
                " back, and take it out only after `manage.py reseal`."
            )
            raise FaultFound(Wrong.SEAL, words, unvouched.number, key=unvouched.key_id)
        if self.noted and (last is None or last.number < self.noted.number):
            number = self.noted.number
            raise FaultFound(
                Wrong.SEAL, _("Seal %(seal)s, which was noted, is missing: the log’s end was cut off."), number
            )

    def _check_range(self, seals: list[AbstractSeal]) -> None:
        """All events in the range that these seals of one pass are about are theirs, or sealed late."""
        events = served_events().filter(pk__gt=self.up_to, pk__lte=seals[0].up_to)
        # Where there are still more, one that was added is among these.
        rows = rows_of(events, most=MOST_IN_A_SEAL + len(self.late_ids) + 1)
        self._check_events(seals, [row for row in rows if row["id"] not in self.late_ids])
        self.up_to = seals[0].up_to

    def _check_events(self, seals: list[AbstractSeal], rows: list[Row]) -> None:
        leaves: dict[int, bytes] = {}
        for seal in seals:
            leaves |= self._leaves_of(seal)
        there = {row["id"]: row for row in rows}
        number = seals[0].number
        for event_id in sorted(leaves.keys() | there.keys()):
            if event_id not in there:
                raise FaultFound(Wrong.MISSING, _("Event %(event)s is missing."), number, event_id)
            if event_id not in leaves:
                raise FaultFound(Wrong.ADDED, _("Event %(event)s was added afterwards."), number, event_id)
            if leaf_of(there[event_id]) != leaves[event_id]:
                raise FaultFound(Wrong.ALTERED, EVENT_ALTERED, number, event_id)
        self._note(seals, len(leaves))

    def _leaves_of(self, seal: AbstractSeal) -> dict[int, bytes]:
        """What the seal says of each of its events; nothing if they went as their time was over."""
        if seal.number <= self.pruned[seal.category]:
            self.result.pruned += seal.count
            return {}
        return leaves_of(seal)

    def _note(self, seals: list[AbstractSeal], entries: int) -> None:
        self.result.entries += entries
        if seals[0].kind == SealKind.LATE:
            self.result.late += entries
        newest = max(seal.newest_at for seal in seals if seal.newest_at)
        self.result.verified_to = max(self.result.verified_to or newest, newest)


def _seals(*, with_leaves: bool) -> Iterator[AbstractSeal]:
    """All seals of the log being served, in their order."""
    seals = served_seals().order_by("number")
    if not with_leaves:
        seals = seals.defer("event_ids", "leaves")
    last = BEFORE_ALL
    while batch := list(seals.filter(number__gt=last)[:SEALS_AT_ONCE]):
        yield from batch
        last = batch[-1].number
