"""What of page layouts needs attention: what should be published by now, and isn't."""

from collections.abc import Iterator

from branding.versions.attention import not_published
from common.database.published import overdue
from portal_frame.attention import Concern
from tenants.models import Tenant
from userflows.flows.views.drafts import layout_url
from userflows.rows.layouts import LayoutVersion


def overdue_layouts(tenant: Tenant) -> Iterator[Concern]:
    """Page layouts whose scheduled version doesn't go with its user flow any more, or that no worker has published."""
    for version in overdue(LayoutVersion.objects.select_related("user_flow")):
        yield not_published(version.user_flow.name, layout_url(tenant, version.user_flow, "publish"))
