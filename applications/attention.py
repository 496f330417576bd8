"""What of applications needs attention: a client secret that expires with none after it."""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.lookup.listing import with_last_secret
from applications.models import Application
from applications.policies.credentials import EXPIRES_SOON
from portal_frame.attention import Concern
from tenants.models import Tenant

EXPIRES_NOW, FORGOTTEN_AFTER = timedelta(days=3), timedelta(days=30)
MOST_NAMED = 5


def expiring_secrets(tenant: Tenant) -> Iterator[Concern]:
    """Each application whose last secret expires within 30 days, or did within the last 30."""
    now = timezone.now()
    lasting = with_last_secret(Application.objects.all())
    soon = lasting.filter(secret_until__lte=now + EXPIRES_SOON, secret_until__gt=now - FORGOTTEN_AFTER)
    rows = soon.order_by("secret_until").values_list("name", "client_id", "secret_until", named=True)
    for application in rows[:MOST_NAMED]:
        days = ceil((application.secret_until - now) / timedelta(days=1))
        is_over = application.secret_until <= now
        yield Concern(
            _("%(name)s no longer has a working client secret.") % {"name": application.name}
            if is_over
            else _expires(application.name, days),
            url=reverse("portal:application-credentials", args=[tenant.slug, application.client_id]),
            action=_("Create another one"),
            is_urgent=is_over or application.secret_until <= now + EXPIRES_NOW,
        )


def _expires(name: str, days: int) -> str:
    if days > 1:
        return _("The last client secret of %(name)s expires in %(days)d days.") % {"name": name, "days": days}
    return _("The last client secret of %(name)s expires within a day.") % {"name": name}
