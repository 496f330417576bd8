"""Trying a hook out while an administrator waits: by a request about nobody, or by one that was sent before.

What it answers is shown and changes nothing, and its rest isn't touched: a test may go to a hook that rests.
"""

from dataclasses import dataclass, replace
from typing import Any

from audit.services import Actor, record
from common.web.outgoing import from_pages
from hooks.calls.asking import send
from hooks.calls.deliveries import Outcome, note_delivery, request_of
from hooks.models import Delivery, Hook
from hooks.wire.answers import HookAnswer, Judge
from hooks.wire.requests import sample_request
from hooks.wire.signing import new_message_id
from tenants.postgresql import current_schema


@dataclass(frozen=True)
class HookTrial:
    """What was sent, what came of it, and the answer if it was a good one."""

    request: dict[str, Any]
    outcome: Outcome
    answer: HookAnswer | None

    @property
    def told(self) -> dict[str, Any]:
        """The members of the answer that would count, by name."""
        if self.answer is None:
            return {}
        values = {name: value for name, value in self.answer.values.items() if name not in self.outcome.left_out}
        return {name: value for name, value in vars(replace(self.answer, values=values)).items() if value}


class NothingKept(Exception):
    """The request of this delivery isn't kept, or can't be read any more."""


def try_hook(hook: Hook, *, judge: Judge, actor: Actor) -> HookTrial:
    """Send a sample; `judge` says what of a good answer would be left out.

    Raises `TooManyWaiting`. Call it outside of any transaction.
    """
    request, nonce = sample_request(hook)
    trial = _try(hook, request, kind=Delivery.Kind.TEST, nonce=nonce, judge=judge)
    record("hook.tested", actor=actor, target=hook, details=_came_to(trial))
    return trial


def replay(delivery: Delivery, *, judge: Judge, actor: Actor) -> HookTrial:
    """Send the request of a delivery once more, under a name of its own, and judge likewise.

    Raises `NothingKept` or `TooManyWaiting`.
    """
    request = request_of(delivery)
    if request is None:
        raise NothingKept
    trial = _try(delivery.hook, request, kind=Delivery.Kind.REPLAY, judge=judge)
    record("hook.replayed", actor=actor, target=delivery.hook, details=_came_to(trial))
    return trial


def _try(hook: Hook, request: dict[str, Any], *, kind: str, nonce: str = "", judge: Judge) -> HookTrial:
    message_id = new_message_id()
    with from_pages.one(current_schema()):
        answer, outcome = send(hook, request, message_id=message_id, nonce=nonce, judge=judge)
    note_delivery(hook, message_id=message_id, kind=kind, request=request, outcome=outcome)
    return HookTrial(request, outcome, answer)


def _came_to(trial: HookTrial) -> dict[str, Any]:
    return {"works": trial.answer is not None, "status": trial.outcome.status}
