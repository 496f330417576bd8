"""The breaker: a hook that gives no good answer isn't asked for a while. All processes go by its row.

When its rest is over, one request tries whether it answers again; the others wait for what comes of that.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, record
from common.text.translation import KeptSentence
from hooks.models import MAX_PROBLEM, Delivery, Hook
from hooks.policies import FIRST_REST_SECONDS, LOOKED_AT, LOOKED_BACK_SECONDS, has_to_rest, rest_after

PROBED_WITHIN = timedelta(seconds=FIRST_REST_SECONDS)
"""Longer than a request takes. If whoever tries the hook dies, somebody else does after that."""


@dataclass(frozen=True)
class Turn:
    """Whether a request may go to the hook now, whether the hook is tried by it, and whether it was failing before."""

    is_given: bool
    is_probe: bool = False
    was_failing: bool = False


def take_turn(hook: Hook) -> Turn:
    """Ask whether a request may go to the hook now."""
    now = timezone.now()
    rows = Hook.objects.filter(pk=hook.pk)
    failures, rests_until = rows.values_list("failures", "rests_until").first() or (0, None)
    if rests_until is None:
        return Turn(is_given=True, was_failing=failures > 0)
    is_first = rests_until <= now and rows.filter(rests_until=rests_until).update(rests_until=now + PROBED_WITHIN)
    return Turn(is_given=bool(is_first), is_probe=bool(is_first), was_failing=True)


def note_answered(hook: Hook, turn: Turn) -> None:
    """It has given a good answer: whatever was before counts no more."""
    if not turn.was_failing:
        return
    with transaction.atomic():
        failing = Hook.objects.select_for_update().filter(pk=hook.pk).exclude(failures=0, rests=0).first()
        if failing is None:
            return
        if failing.rests:
            record("hook.answers_again", actor=Actor.system(), target=failing)
        Hook.objects.filter(pk=hook.pk).update(failures=0, failing_since=None, rests=0, rests_until=None, error="")


def note_failed(hook: Hook, turn: Turn, problem: KeptSentence) -> None:
    """It hasn't, for this reason. Call it when the delivery is noted."""
    now = timezone.now()
    with transaction.atomic():
        row = Hook.objects.select_for_update().filter(pk=hook.pk).first()
        if row is None:
            return
        row.failures, row.failing_since = row.failures + 1, row.failing_since or now
        row.error = problem.written(MAX_PROBLEM)
        if turn.is_probe or (row.rests_until is None and has_to_rest(row.failures, _lately(row))):
            if not row.rests:
                details = {"failures": row.failures, "problem": problem.in_english}
                record("hook.rests", actor=Actor.system(), target=row, details=details)
            row.rests += 1
            row.rests_until = now + timedelta(seconds=rest_after(row.rests))
        row.save(update_fields=["failures", "failing_since", "rests", "rests_until", "error"])


def _lately(row: Hook) -> list[bool]:
    """Of each of the last calls within a minute, whether it failed."""
    since = timezone.now() - timedelta(seconds=LOOKED_BACK_SECONDS)
    calls = row.deliveries.filter(kind=Delivery.Kind.LIVE, at__gte=since).order_by("-pk")
    return [not judgement for judgement in calls.values_list("judgement", flat=True)[:LOOKED_AT]]
