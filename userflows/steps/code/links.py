"""Where the link of a mail leads."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from tenants.addressing import base_url
from tenants.lookup import current_tenant


def address_of_link(journey_id: UUID, token: str) -> str:
    """The whole address of the page that the link opens, made from what is configured alone."""
    tenant = current_tenant()
    address = base_url(tenant) if tenant else settings.CIAM_BASE_URL
    return address + reverse("customer:open-link", args=[journey_id, token], urlconf=settings.TENANT_URLCONF)
