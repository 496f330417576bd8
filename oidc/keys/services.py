"""The life of signing keys: next, active, retiring, gone.

A next key is published a day before it signs, so that whoever keeps the key set knows it by then; a retiring one stays
published until nothing it signed is good any more. Only a withdrawn key goes at once. One change at a time: whoever
comes second waits, and finds what the first has left.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor, record
from common.problems import Code, Problem, Refused
from oidc.keys.loaded import ALGORITHMS, LoadedKey, new_key, seal_private_key
from oidc.keys.policies import MAX_ROTATION_DAYS, MIN_ROTATION_DAYS, may_sign_from, rotates_at
from oidc.models import RotationSchedule, SigningKey
from oidc.wire.errors import SigningKeyGone
from tenants.postgresql import announce_change, current_schema

ONE_CHANGE_AT_A_TIME = 0x6B657973


@dataclass(frozen=True)
class Rotation:
    """What a rotation came to: the keys that sign from now on, those it published, and next ones still too young."""

    active: Sequence[SigningKey]
    published: Sequence[SigningKey]
    waiting: Sequence[SigningKey]


def make_key_pairs() -> list[LoadedKey]:
    """One key of each algorithm, belonging to nobody yet. It takes a while: make them before the transaction."""
    return [new_key(algorithm) for algorithm in ALGORITHMS]


def create_signing_keys(key_pairs: list[LoadedKey], *, actor: Actor) -> list[SigningKey]:
    """Create the keys the tenant's issuer signs with, all active from now on."""
    with transaction.atomic():
        rows = _add(key_pairs, SigningKey.State.ACTIVE)
        record("signing_keys.created", actor=actor, details={"kids": _kids(rows)})
        announce_change()
    return rows


def rotate_signing_keys(*, actor: Actor) -> Rotation:
    """Rotate: next keys that have been published long enough become active, and their own next ones are published.

    Where none is, or none yet, nothing but what is missing changes, and the answer says from when on it can.
    """
    with _one_at_a_time():
        now = timezone.now()
        ready = [key for key in SigningKey.objects.next() if may_sign_from(key.since) <= now]
        published = _rotate(ready, now=now, actor=actor)
        waiting = list(SigningKey.objects.next().exclude(algorithm__in=[key.algorithm for key in ready]))
    return Rotation(active=ready, published=published, waiting=waiting)


def keep_signing_keys(*, actor: Actor) -> None:
    """Keep the tenant's keys up to date: delete what is gone, rotate what is due, publish what is missing.

    The worker does this every hour.
    """
    with _one_at_a_time():
        now, every_days = timezone.now(), RotationSchedule.days()
        gone = list(SigningKey.objects.gone(now=now))
        if gone:
            _delete(gone)
            record("signing_keys.deleted", actor=actor, details={"kids": _kids(gone)})
        due = {key.algorithm for key in SigningKey.objects.active() if _is_due(key, every_days, now)}
        ready = [key for key in SigningKey.objects.next().filter(algorithm__in=due) if may_sign_from(key.since) <= now]
        _rotate(ready, now=now, actor=actor)


def withdraw_signing_keys(kids: Collection[str], *, actor: Actor) -> list[SigningKey]:
    """Withdraw compromised keys from the key set at once: nothing they signed is accepted any more.

    Where none is left to sign, the next key takes over, however short a time it has been published, or else a new one.
    Returns the keys that sign from now on in the place of those. Raises `SigningKeyGone`.
    """
    with _one_at_a_time():
        now = timezone.now()
        withdrawn = list(SigningKey.objects.filter(kid__in=kids))
        if not withdrawn:
            raise SigningKeyGone
        _delete(withdrawn)
        missing = set(ALGORITHMS) - {key.algorithm for key in SigningKey.objects.active()}
        heirs = list(SigningKey.objects.next().filter(algorithm__in=missing))
        _activate(heirs, now)
        orphans = sorted(missing - {key.algorithm for key in heirs})
        heirs += _add(map(new_key, orphans), SigningKey.State.ACTIVE, since=now)
        published = _publish_missing(now)
        details = {"kids": _kids(withdrawn), "active": _kids(heirs), "next": _kids(published)}
        record("signing_keys.withdrawn", actor=actor, details=details)
    return heirs


def set_rotation_schedule(*, every_days: int | None, actor: Actor) -> None:
    """Rotate the keys every so many days from now on; None: only by hand. Where it was so, nothing is noted.

    Raises `Refused`.
    """
    if every_days is not None and not MIN_ROTATION_DAYS <= every_days <= MAX_ROTATION_DAYS:
        sentence = _("Write a whole number of days from %(low)d to %(high)d.") % {
            "low": MIN_ROTATION_DAYS,
            "high": MAX_ROTATION_DAYS,
        }
        raise Refused([Problem(Code.OUT_OF_RANGE, "every_days", sentence)])
    with transaction.atomic():
        if RotationSchedule.days() == every_days:
            return
        RotationSchedule.objects.update_or_create(pk=RotationSchedule.ONLY_ROW, defaults={"every_days": every_days})
        record("signing_keys.schedule_changed", actor=actor, details={"every_days": every_days})


def _rotate(ready: list[SigningKey], *, now: datetime, actor: Actor) -> list[SigningKey]:
    """Let the ready ones sign, and publish what is missing: those are returned."""
    retiring = _activate(ready, now)
    published = _publish_missing(now)
    if ready:
        details = {"active": _kids(ready), "retiring": retiring, "next": _kids(published)}
        record("signing_keys.rotated", actor=actor, details=details)
    elif published:
        record("signing_keys.published", actor=actor, details={"kids": _kids(published)})
    if ready or published:
        announce_change()
    return published


def _activate(keys: list[SigningKey], now: datetime) -> list[str]:
    """Let these keys sign, each in the place of the one that did. Returns the IDs of those that retire."""
    replaced = SigningKey.objects.active().filter(algorithm__in=[key.algorithm for key in keys])
    retiring = list(replaced.values_list("kid", flat=True))
    replaced.update(state=SigningKey.State.RETIRING, since=now)
    for key in keys:
        key.state, key.since = SigningKey.State.ACTIVE, now
    SigningKey.objects.bulk_update(keys, ["state", "since"])
    return retiring


def _publish_missing(now: datetime) -> list[SigningKey]:
    """Make a next key for each algorithm that has none."""
    present = {key.algorithm for key in SigningKey.objects.next()}
    missing = [algorithm for algorithm in ALGORITHMS if algorithm not in present]
    return _add(map(new_key, missing), SigningKey.State.NEXT, since=now)


def _add(key_pairs: Iterable[LoadedKey], state: SigningKey.State, *, since: datetime | None = None) -> list[SigningKey]:
    rows = [
        SigningKey(
            kid=key.kid,
            algorithm=key.algorithm,
            state=state,
            public_jwk=key.public_jwk,
            sealed_private_key=seal_private_key(key, schema=current_schema()),
            **({"since": since} if since else {}),
        )
        for key in key_pairs
    ]
    return SigningKey.objects.bulk_create(rows)


def _delete(keys: list[SigningKey]) -> None:
    SigningKey.objects.filter(pk__in=[key.pk for key in keys]).delete()
    announce_change()


def _is_due(key: SigningKey, every_days: int | None, now: datetime) -> bool:
    moment = rotates_at(key.since, every_days=every_days)
    return moment is not None and moment <= now


def _kids(keys: list[SigningKey]) -> list[str]:
    return [key.kid for key in keys]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A transaction in which nobody else changes this tenant's keys."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ONE_CHANGE_AT_A_TIME, current_schema()])
        yield
