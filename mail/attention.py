"""What of mail needs attention: what isn't delivered, or waits for long."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from frame.attention import Concern
from mail.models import Message
from tenants.models import Tenant

LOOKED_BACK, WAITS_TOO_LONG = timedelta(days=1), timedelta(minutes=15)
MOST_COUNTED = 1000


def undelivered_mail(tenant: Tenant) -> Iterator[Concern]:
    """What the mail server hasn't taken within the last day, and what it makes wait."""
    now = timezone.now()
    is_late = Q(state=Message.State.QUEUED, created_at__lt=now - WAITS_TOO_LONG)
    found = Message.objects.filter(Q(state=Message.State.FAILED) | is_late, created_at__gte=now - LOOKED_BACK)
    states = list(found.order_by().values_list("state", flat=True)[:MOST_COUNTED])
    failed, waiting = states.count(Message.State.FAILED), states.count(Message.State.QUEUED)
    url = reverse("portal:tenant-mail", args=[tenant.slug])
    if failed:
        yield Concern(f"{_emails(failed)} could not be delivered in the last 24 hours.", url, is_urgent=True)
    if waiting:
        yield Concern(f"{_emails(waiting)} waited for more than 15 minutes to be sent.", url, is_urgent=True)


def _emails(number: int) -> str:
    if number == MOST_COUNTED:
        return f"{number:,} emails or more"
    return f"{number:,} email{'' if number == 1 else 's'}"
