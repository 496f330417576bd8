"""What needs attention in the keeping of a log: that it was altered, or doesn't get where it is forwarded."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from logs.forwarding.progress import DestinationState, state_of
from logs.models import Destination, LogCheck
from portal_frame.attention import Concern
from tenants.models import Tenant


def log_found_wrong(tenant: Tenant) -> Iterator[Concern]:
    """The last check found an event or a seal that was altered."""
    check = LogCheck.objects.exclude(problem="").first()
    if check is not None:
        url = reverse("portal:log-settings", args=[tenant.slug])
        yield Concern(
            _("The log was altered. %(problem)s") % {"problem": check.found_wrong},
            url=url,
            action=_("See the log"),
            is_urgent=True,
        )


def destinations_that_fail(tenant: Tenant) -> Iterator[Concern]:
    """Those that fail just now, and those that were given up."""
    for destination in Destination.objects.order_by("created_at"):
        state, name = state_of(destination), {"name": destination.name}
        url = reverse("portal:log-destination", args=[tenant.slug, destination.pk])
        if state is DestinationState.GIVEN_UP:
            sentence = _("Forwarding the log to %(name)s failed for three days and was suspended.") % name
            yield Concern(sentence, url=url, action=_("See why"), is_urgent=True)
        elif state is DestinationState.FAILING:
            yield Concern(_("The log doesn’t reach %(name)s just now.") % name, url=url, action=_("See why"))
