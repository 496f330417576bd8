"""Sign-ins in browsers that an account was never signed in to before: its owner is told of them.

A sign-in only says so in its event. The worker finds them there, so no sign-in costs more.
"""

from datetime import timedelta

from django.utils import timezone

from audit.models import Event
from userflows.journeys.jobs import send_sign_in_notice

NEW = "new_browser"
# A worker that was away for longer tells of nothing that is long over.
TOLD_WITHIN = timedelta(days=1)


def tell_of_new_browsers(*, after: int, until: int) -> None:
    """Have the owners told by mail of the sign-ins among these events, named by the IDs of the first and the last."""
    events = Event.objects.filter(id__gt=after, id__lte=until, action="customer.signed_in", details__has_key=NEW)
    for event_id in events.since(timezone.now() - TOLD_WITHIN).values_list("id", flat=True):
        send_sign_in_notice.enqueue(event_id)
