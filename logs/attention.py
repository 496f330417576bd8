"""What needs attention in the keeping of a log: that it was altered, or doesn't get where it is forwarded."""

from collections.abc import Iterator

from django.urls import reverse

from frame.attention import Concern
from logs.forwarding.progress import State, state_of
from logs.models import Destination, LogCheck
from tenants.models import Tenant


def log_found_wrong(tenant: Tenant) -> Iterator[Concern]:
    """The last check found an event or a seal that was altered."""
    check = LogCheck.objects.exclude(problem="").first()
    if check is not None:
        url = reverse("portal:log-settings", args=[tenant.slug])
        yield Concern(f"The log was altered. {check.problem}", url=url, action="See the log", is_urgent=True)


def destinations_that_fail(tenant: Tenant) -> Iterator[Concern]:
    """Those that fail just now, and those that were given up."""
    for destination in Destination.objects.order_by("created_at"):
        state = state_of(destination)
        url = reverse("portal:log-destination", args=[tenant.slug, destination.pk])
        if state is State.GIVEN_UP:
            sentence = f"Forwarding the log to {destination.name} failed for three days and was suspended."
            yield Concern(sentence, url=url, action="See why", is_urgent=True)
        elif state is State.FAILING:
            yield Concern(f"The log doesn’t reach {destination.name} just now.", url=url, action="See why")
