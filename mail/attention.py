"""What of mail needs attention: what isn't delivered, or waits for long, and a server that can't be reached."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from common.text.translation import grouped
from mail.models import Message, OwnServer
from mail.own_servers.description import may_have_own
from portal_frame.attention import Concern
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
        yield Concern(_not_delivered(failed), url, is_urgent=True)
    if waiting:
        yield Concern(_late(waiting), url, is_urgent=True)


def own_server_unreached(tenant: Tenant) -> Iterator[Concern]:
    """The tenant's own mail server, which mail waits for."""
    own = OwnServer.objects.filter(failing_since__isnull=False).first() if may_have_own() else None
    if own is not None:
        told = {"host": own.host, "why": own.problem}
        sentence = gettext("The mail server %(host)s can’t be reached, and mail waits for it. %(why)s") % told
        yield Concern(sentence, url=reverse("portal:tenant-mail", args=[tenant.slug]), is_urgent=True)


def _not_delivered(number: int) -> str:
    if number == MOST_COUNTED:
        words = gettext("%(number)s emails or more could not be delivered in the last 24 hours.")
    else:
        words = ngettext(
            "%(number)s email could not be delivered in the last 24 hours.",
            "%(number)s emails could not be delivered in the last 24 hours.",
            number,
        )
    return words % {"number": grouped(number)}


def _late(number: int) -> str:
    if number == MOST_COUNTED:
        words = gettext("%(number)s emails or more waited for more than 15 minutes to be sent.")
    else:
        words = ngettext(
            "%(number)s email waited for more than 15 minutes to be sent.",
            "%(number)s emails waited for more than 15 minutes to be sent.",
            number,
        )
    return words % {"number": grouped(number)}
