"""What of text messages needs attention: what wasn't delivered, what a budget holds back, where none goes for now."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from common.text.countries import countries
from common.text.translation import grouped
from portal_frame.attention import Concern
from sms.limits import counted_to
from sms.models import TextMessage
from sms.senders.description import can_send, describe
from sms.services import BUDGET
from tenants.models import Tenant

LOOKED_BACK = timedelta(days=1)
MOST_COUNTED = 1000
State = TextMessage.State


def undelivered_texts(tenant: Tenant) -> Iterator[Concern]:
    """What the provider hasn't taken within the last day, and what was beyond the budget."""
    since = timezone.now() - LOOKED_BACK
    found = TextMessage.objects.filter(state__in=[State.FAILED, State.REFUSED], created_at__gte=since)
    stopped = list(found.order_by().values_list("state", "error")[:MOST_COUNTED])
    failed = sum(state == State.FAILED for state, _error in stopped)
    held = sum(error == BUDGET for _state, error in stopped)
    url = reverse("portal:text-messages", args=[tenant.slug])
    if failed:
        words = ngettext(
            "%(number)s text message could not be delivered in the last 24 hours.",
            "%(number)s text messages could not be delivered in the last 24 hours.",
            failed,
        )
        yield Concern(words % {"number": grouped(failed)}, url, is_urgent=True)
    if held:
        yield Concern(gettext("Text messages were held back in the last 24 hours: the limit is used up."), url)


def countries_at_limit(tenant: Tenant) -> Iterator[Concern]:
    """Countries that were sent as many text messages as they may be in a day."""
    if not can_send():
        return
    description = describe()
    closed = {each.country for each in counted_to(description.countries, description) if each.is_used_up}
    if closed:
        names = ", ".join(name for letters, name in countries(get_language() or "") if letters in closed)
        words = gettext("Text messages to %(countries)s are held back today: the limit is used up.")
        url = reverse("portal:text-sender", args=[tenant.slug])
        yield Concern(words % {"countries": names}, url, is_urgent=True)
