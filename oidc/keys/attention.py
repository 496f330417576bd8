"""What of signing keys needs attention: keys that should have rotated and didn't."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from oidc.keys.policies import rotates_at
from oidc.models import RotationSchedule, SigningKey
from portal_frame.attention import Concern
from tenants.models import Tenant

OVERDUE_AFTER = timedelta(days=2)


def overdue_rotation(tenant: Tenant) -> Iterator[Concern]:
    """Housekeeping rotates keys by the hour; keys overdue for days mean that it doesn't run, or fails."""
    every_days, latest = RotationSchedule.days(), timezone.now() - OVERDUE_AFTER
    since = SigningKey.objects.active().values_list("since", flat=True)
    due = [rotates_at(moment, every_days=every_days) for moment in since]
    if any(moment is not None and moment < latest for moment in due):
        url = reverse("portal:signing-keys", args=[tenant.slug])
        yield Concern(_("The signing keys should have rotated days ago. Is a worker running?"), url, _("See the keys"))
