"""What of brands needs attention: what should be published by now, and isn't."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from branding.models import BrandVersion
from common.database.published import overdue
from portal_frame.attention import Concern
from tenants.models import Tenant


def overdue_brands(tenant: Tenant) -> Iterator[Concern]:
    """Brands whose scheduled version no worker has published."""
    for version in overdue(BrandVersion.objects.select_related("theme")):
        page, named = ("theme", [version.theme_id]) if version.theme else ("branding", [])
        url = reverse(f"portal:{page}-publish", args=[tenant.slug, *named])
        yield not_published(version.theme.name if version.theme else _("Company branding"), url)


def not_published(name: str, url: str) -> Concern:
    """That what was scheduled for something of this name is overdue; the page at `url` publishes it."""
    return Concern(_("What was scheduled for “%(name)s” isn’t published.") % {"name": name}, url, _("See why"))
