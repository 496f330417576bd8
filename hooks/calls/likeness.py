"""Taking as long as a hook for somebody about whom it isn't asked, so that nobody can tell about whom it is."""

import secrets
import time

from django.db import connection
from django.utils import timezone

from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.web.outgoing import TooManyWaiting
from hooks.calls.asking import RESTS, TOO_MANY, HookDown, of_hook, of_process
from hooks.models import Delivery, Hook
from tenants.postgresql import current_schema

LOOKED_AT = 20


def wait_as_if_asked(hook: Hook) -> None:
    """Wait as long as one of the last answers took, in a place of those who ask. Raises `HookDown` where nobody may go
    on without an answer and there would be none: no place is free, the hook rests, or it gave no good one before.

    Call it outside of any transaction.
    """
    try:
        with of_process.one(current_schema()), of_hook.one(str(hook.pk)):
            problem = _wait(hook)
    except TooManyWaiting:
        problem = TOO_MANY
    if problem and hook.on_failure == Hook.OnFailure.STOP:
        raise HookDown(hook, problem)


def _wait(hook: Hook) -> KeptSentence:
    """Wait, unless the hook rests. Returns why there would be no answer; nothing to say if there would be one."""
    row = Hook.objects.filter(pk=hook.pk).first() or hook
    if row.rests_until and row.rests_until > timezone.now():
        return RESTS
    lately = hook.deliveries.filter(kind=Delivery.Kind.LIVE).order_by("-pk").values_list("took", flat=True)[:LOOKED_AT]
    took = list(lately)
    if not connection.in_atomic_block:
        connection.close()
    time.sleep(min(secrets.choice(took), hook.timeout_ms) / 1000 if took else 0)
    return row.fault if row.failures else NOTHING_TO_SAY
