"""Asking a hook while somebody waits: once, and once more if there is time; then what it answered, or that it is down.

No transaction is open meanwhile, and whoever else wants one has our connection to the database.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection

from common.crypto.encryption import CannotUnseal
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from common.web.outgoing import Content, HttpAnswer, OutgoingError, Places, TooManyWaiting, call
from hooks.calls.breaker import note_answered, note_failed, take_turn
from hooks.calls.deliveries import Outcome, note_delivery
from hooks.models import Delivery, Hook
from hooks.policies import LEAST_SECONDS, RETRIED_STATUSES
from hooks.wire.answers import HookAnswer, Judge, WrongAnswer, nothing_left_out, read_answer
from hooks.wire.signing import header_of, new_message_id, secrets_of, signed_headers
from tenants.postgresql import current_schema

MOST_ANSWER_BYTES = 64 * 1024
TRIES = 2
# Of the threads of this process; no tenant's customers have more of them than they have of all threads.
of_process = Places(max(2, settings.CIAM_WEB_THREADS * 3 // 4), share=max(1, settings.CIAM_WEB_THREADS // 2))
of_hook = Places(10_000, share=20)
RESTS = KeptSentence(_("It isn’t being asked right now because it failed several times."))
TOO_MANY = KeptSentence(_("Too many requests are waiting for hooks right now."))
UNREADABLE = KeptSentence(_("Its secrets can’t be read. Give it new ones."))


class HookDown(Exception):
    """Nothing may go on without this hook, which gave no good answer. The message says why, as logs have it."""

    def __init__(self, hook: Hook, problem: KeptSentence) -> None:
        super().__init__(problem.in_english)
        self.hook = hook


def ask(hook: Hook, request: dict[str, Any], *, nonce: str = "", judge: Judge = nothing_left_out) -> HookAnswer:
    """What the hook answers; where nothing good comes of it and it may be gone on without, that all goes on as usual.

    `nonce` is what the answer has to repeat, if anything; `judge` says what of a good answer is left out, as the log of
    deliveries tells. Raises `HookDown` where nothing may go on without it. Call it outside of any transaction.
    """
    answer, problem = try_to_ask(hook, request, nonce=nonce, judge=judge)
    if answer is None and hook.on_failure == Hook.OnFailure.STOP:
        raise HookDown(hook, problem)
    return answer or HookAnswer()


def try_to_ask(
    hook: Hook,
    request: dict[str, Any],
    *,
    nonce: str = "",
    judge: Judge = nothing_left_out,
    on_answer: Callable[[], None] = lambda: None,
) -> tuple[HookAnswer | None, KeptSentence]:
    """As `ask`, whatever is chosen for want of an answer: None then, and what stood in the way.

    `on_answer` is called as soon as a good one has come, before that is written into the database.
    """
    try:
        answer, outcome = _asked(hook, request, nonce, judge, on_answer)
    except TooManyWaiting:
        return None, TOO_MANY
    return answer, outcome.problem


def _asked(
    hook: Hook, request: dict[str, Any], nonce: str, judge: Judge, on_answer: Callable[[], None]
) -> tuple[HookAnswer | None, Outcome]:
    """Raises `TooManyWaiting`."""
    with of_process.one(current_schema()), of_hook.one(str(hook.pk)):
        turn = take_turn(hook)
        if not turn.is_given:
            return None, Outcome(problem=RESTS)
        message_id = new_message_id()
        answer, outcome = send(hook, request, message_id=message_id, nonce=nonce, judge=judge)
    if answer is not None:
        on_answer()
    note_delivery(hook, message_id=message_id, kind=Delivery.Kind.LIVE, request=request, outcome=outcome)
    if answer is None:
        note_failed(hook, turn, outcome.problem)
    else:
        note_answered(hook, turn)
    return answer, outcome


def send(
    hook: Hook, request: dict[str, Any], *, message_id: str, nonce: str = "", judge: Judge = nothing_left_out
) -> tuple[HookAnswer | None, Outcome]:
    """Send the request, and judge what comes back; None if it is no good. Nothing is noted."""
    begun, outcome = time.monotonic(), Outcome()
    if not connection.in_atomic_block:
        connection.close()
    try:
        came = _called(hook, json.dumps(request).encode(), message_id, begun, outcome)
        outcome.status = came.status
        answer = read_answer(hook.moment, status=came.status, body=came.body, nonce=nonce)
        outcome.judgement, outcome.left_out = answer.action, judge(answer)
    except (OutgoingError, WrongAnswer) as error:
        answer, outcome.problem = None, error.sentence
    except CannotUnseal:
        answer, outcome.problem = None, UNREADABLE
    outcome.took = round((time.monotonic() - begun) * 1000)
    return answer, outcome


def _called(hook: Hook, body: bytes, message_id: str, begun: float, outcome: Outcome) -> HttpAnswer:
    """What came back: of the second try, if the first broke off or met a gateway without a server behind it."""
    secrets, header = secrets_of(hook), header_of(hook)
    ends_at = begun + hook.timeout_ms / 1000
    while True:
        outcome.tries += 1
        headers = signed_headers(body, message_id=message_id, at=int(time.time()), secrets=secrets)
        try:
            came = call(
                hook.url,
                content=Content(body, "application/json", {**header, **headers}),
                max_bytes=MOST_ANSWER_BYTES,
                seconds=max(LEAST_SECONDS, ends_at - time.monotonic()),
            )
        except OutgoingError:
            if not _is_time_left(outcome, ends_at):
                raise
        else:
            if came.status not in RETRIED_STATUSES or not _is_time_left(outcome, ends_at):
                return came


def _is_time_left(outcome: Outcome, ends_at: float) -> bool:
    return outcome.tries < TRIES and ends_at - time.monotonic() > LEAST_SECONDS
