"""Where each signing key of the tenant being served stands in its life, for people."""

from datetime import datetime

from oidc.keys.policies import goes_at, may_sign_from, rotates_at
from oidc.models import PUBLISHED_IN_ORDER, RotationSchedule, SigningKey


def keys_by_state() -> list[SigningKey]:
    """All keys: those that sign, those that will, those that did, the youngest first."""
    keys = sorted(SigningKey.objects.order_by("-created_at"), key=lambda key: key.algorithm, reverse=True)
    return sorted(keys, key=lambda key: PUBLISHED_IN_ORDER.index(SigningKey.State(key.state)))


def next_rotation_at() -> datetime | None:
    """When the schedule rotates next; None if it is off."""
    every_days = RotationSchedule.days()
    moments = [rotates_at(key.since, every_days=every_days) for key in SigningKey.objects.active()]
    return min((moment for moment in moments if moment), default=None)


def when_it_goes(key: SigningKey) -> datetime | None:
    """When a retiring key leaves the key set; None for any other."""
    return goes_at(key.since) if key.state == SigningKey.State.RETIRING else None


def can_rotate_at(keys: list[SigningKey]) -> datetime | None:
    """When the first of the next keys may sign; None while none is published."""
    return min((may_sign_from(key.since) for key in keys if key.state == SigningKey.State.NEXT), default=None)
