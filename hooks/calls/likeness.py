"""Taking as long as a hook for somebody about whom it isn't asked, so that nobody can tell about whom it is."""

import secrets
import time

from django.db import connection

from hooks.calls.asking import HookDown
from hooks.models import Delivery, Hook

LOOKED_AT = 20


def wait_as_if_asked(hook: Hook) -> None:
    """Wait as long as one of the last answers took. Raises `HookDown` if the last one was no good and stops people.

    Call it outside of any transaction.
    """
    row = Hook.objects.filter(pk=hook.pk).first()
    if row is not None and row.failures and row.on_failure == Hook.OnFailure.STOP:
        raise HookDown(hook, row.error)
    lately = hook.deliveries.filter(kind=Delivery.Kind.LIVE).order_by("-pk").values_list("took", flat=True)[:LOOKED_AT]
    took = list(lately)
    if not connection.in_atomic_block:
        connection.close()
    time.sleep(min(secrets.choice(took), hook.timeout_ms) / 1000 if took else 0)
