"""The log of deliveries: each request to a hook, whatever came of it; the last hundred, for a week at most."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from common.crypto.encryption import CannotUnseal, seal, unseal
from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.web.current_request import current_request
from hooks.models import MAX_PROBLEM, Delivery, Hook
from hooks.policies import SECRET_MOMENTS
from hooks.wire.answers import LeftOut, seen
from tenants.postgresql import current_schema

KEPT, KEPT_FOR = 100, timedelta(days=7)
PRUNED_EVERY = 20


@dataclass
class Outcome:
    """What came of a request: tries, the last status of HTTP (0 for none), milliseconds, judgement, problem; and what
    is left out of a good answer.
    """

    tries: int = 0
    status: int = 0
    took: int = 0
    judgement: str = ""
    problem: KeptSentence = NOTHING_TO_SAY
    left_out: LeftOut = field(default_factory=dict)


def note_delivery(
    hook: Hook, *, message_id: str, kind: str, request: dict[str, Any], outcome: Outcome
) -> Delivery | None:
    """Keep what came of a request, and now and then forget all but the last hundred. None if the hook is gone."""
    current = current_request()
    is_kept = hook.moment not in SECRET_MOMENTS
    sealed = seal(json.dumps(request).encode(), context=sealing_context(message_id)) if is_kept else ""
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(
                hook_id=hook.pk,
                kind=kind,
                message_id=message_id,
                request_id=current.id if current else None,
                sealed_request=sealed,
                tries=outcome.tries,
                status=outcome.status,
                took=outcome.took,
                judgement=outcome.judgement,
                problem=outcome.problem.written(MAX_PROBLEM),
                left_out=[(seen(name), why.kept) for name, why in outcome.left_out.items()],
            )
            if delivery.pk % PRUNED_EVERY == 0:
                kept = Delivery.objects.filter(hook_id=hook.pk).order_by("-pk").values("pk")[:KEPT]
                Delivery.objects.filter(hook_id=hook.pk).exclude(pk__in=kept).delete()
    except IntegrityError:
        return None
    return delivery


def request_of(delivery: Delivery) -> dict[str, Any] | None:
    """What was sent; None if it isn't kept, or the key that sealed it is gone."""
    if not delivery.sealed_request:
        return None
    try:
        found: dict[str, Any] = json.loads(
            unseal(delivery.sealed_request, context=sealing_context(delivery.message_id))
        )
    except CannotUnseal:
        return None
    return found


def sealing_context(message_id: str) -> str:
    """What a request is sealed for: this delivery of this tenant."""
    return f"hook delivery {current_schema()} {message_id}"


def sweep_deliveries() -> int:
    """Forget those of more than a week ago, in this tenant. Returns how many there were."""
    swept, _ = Delivery.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    return swept
