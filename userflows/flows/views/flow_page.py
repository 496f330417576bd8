"""What every page about one flow shows around its content."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse

from portal_frame.pages import PortalRequest
from portal_frame.tabs import TabBar
from tenants.addressing import base_url
from tenants.models import Tenant
from userflows.models import UserFlow

FLOW_TABS = TabBar()
NAMED = 3


def flow_or_404(flow_id: UUID) -> UserFlow:
    """The flow of the tenant being served."""
    return get_object_or_404(UserFlow, pk=flow_id)


def flow_frame(request: PortalRequest, tenant: Tenant, flow: UserFlow) -> dict[str, Any]:
    """Template variables of a page about this flow: the flow, whom a change of it reaches, its tabs, and the address
    that runs it.
    """
    names = list(flow.applications.order_by("name").values_list("name", flat=True)[: NAMED + 1])
    return {
        "flow": flow,
        "used_by": ", ".join(names[:NAMED]),
        "used_by_more": flow.applications.count() - NAMED if len(names) > NAMED else 0,
        "tabs": FLOW_TABS.at(request, of=flow, named=[tenant.slug, flow.pk]),
        "run_url": f"{base_url(tenant)}{reverse('customer:sign-in')}?{urlencode({'flow': flow.pk})}",
    }
