"""What needs attention of hooks: that one gives no good answer, with what becomes of customers meanwhile."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from frame.attention import Concern
from hooks.models import Hook
from hooks.policies import FAILURES_IN_A_ROW
from tenants.models import Tenant


def hooks_that_fail(tenant: Tenant) -> Iterator[Concern]:
    """Those that are on and have failed several times in a row, or aren't asked for a while."""
    failing = Hook.objects.filter(is_on=True, failing_since__isnull=False).order_by("failing_since")
    for hook in failing:
        if hook.rests or hook.failures >= FAILURES_IN_A_ROW:
            told = {"name": hook.name, "count": hook.failures, "why": hook.error}
            if hook.on_failure == Hook.OnFailure.STOP:
                words = _("The hook %(name)s gave no good answer %(count)d times, and nobody gets past it. %(why)s")
            else:
                words = _("The hook %(name)s gave no good answer %(count)d times, and all goes on without it. %(why)s")
            url = reverse("portal:hook", args=[tenant.slug, hook.pk])
            yield Concern(words % told, url, action=_("See why"), is_urgent=hook.on_failure == Hook.OnFailure.STOP)
