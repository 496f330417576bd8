"""The whole installation at a glance, for operators: its health, and its tenants by size and activity."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_tenants.utils import schema_context

from figures.installation.models import TenantSize
from operations.installation import health, sizes_together
from operations.jobs import JobState
from portal_frame.access import Need
from portal_frame.lists import Filter, list_page
from portal_frame.pages import PortalRequest, portal_page
from tenants.lookup import PUBLIC
from tenants.models import Tenant

PAGE_SIZE = 25
ORDERS = {
    "active": _("Active in 30 days"),
    "customers": _("Customers"),
    "recent_sign_ups": _("Sign-ups"),
    "recent_sign_ins": _("Sign-ins"),
    "recent_failures": _("Failed attempts"),
    "undelivered": _("Undelivered emails"),
    "bytes": _("Size"),
}


@dataclass(frozen=True)
class TenantSizeRow:
    tenant: Tenant
    size: TenantSize


@portal_page(needs=Need.INSTALLATION_READ)
@require_safe
def installation(request: PortalRequest) -> HttpResponse:
    """Health on top, below it the tenants, the largest first by what the address says."""
    order = request.GET.get("by", "")
    order = order if order in ORDERS else next(iter(ORDERS))
    with schema_context(PUBLIC):
        page = list_page(request, TenantSize.objects.all(), by=f"-{order}", size=PAGE_SIZE)
        tenants = Tenant.objects.in_bulk([size.tenant_id for size in page.rows])
        together, tenant_count = sizes_together(), Tenant.objects.count()
    now = health()
    context = {
        "page": page,
        "rows": [TenantSizeRow(tenants[size.tenant_id], size) for size in page.rows if size.tenant_id in tenants],
        "order": order,
        "filters": _filters(order),
        "health": now,
        "together": together,
        "tenant_count": tenant_count,
        "jobs": [(state, now.jobs[state]) for state in JobState],
        "most_counted": 1000,
    }
    return render(request, "portal/installation/page.html", context)


def _filters(order: str) -> list[Filter]:
    url = reverse("portal:installation")
    return [Filter(str(name), f"{url}?by={key}", key == order) for key, name in ORDERS.items()]
