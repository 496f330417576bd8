"""What every page about one flow shows around its content."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse

from frame.admission import PortalRequest
from frame.tabs import tabs
from tenants.addressing import base_url
from tenants.models import Tenant
from userflows.models import UserFlow


def flow_or_404(flow_id: UUID) -> UserFlow:
    """The flow of the tenant being served."""
    return get_object_or_404(UserFlow, pk=flow_id)


def flow_frame(request: PortalRequest, tenant: Tenant, flow: UserFlow) -> dict[str, Any]:
    """Template variables of a page about this flow: the flow, its tabs, and the address that runs it."""
    here = [tenant.slug, flow.pk]
    pages = {
        "Method": "userflow",
        "Attributes": "userflow-attributes",
        "Page layout": "userflow-layout",
        "Applications": "userflow-applications",
        "Run": "userflow-run",
    }
    addresses = {name: reverse(f"portal:{url}", args=here) for name, url in pages.items()}
    layout = addresses["Page layout"]
    return {
        "flow": flow,
        "tabs": tabs(layout if request.path.startswith(layout) else request.path, *addresses.items()),
        "run_url": f"{base_url(tenant)}{reverse('customer:sign-in')}?{urlencode({'flow': flow.pk})}",
    }
