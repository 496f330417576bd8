"""The versions of a page layout: what each changed, what it looks like, and having one back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from common.database.published import KEPT_NEWEST
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.layouts.content import read
from userflows.flows.layouts.telling import layout_differences
from userflows.flows.layouts.versions import layout_in_force, newest
from userflows.flows.publishing.services import restore
from userflows.flows.views.drafts import layout_url
from userflows.flows.views.flow_page import flow_or_404
from userflows.models import UserFlow
from userflows.rows.layouts import LayoutVersion
from userflows.views.layouts.drafts import NOW, before_and_after, layout_frame


@tenant_page(needs=Need.FLOWS_READ)
def history(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """All published versions, the newest first."""
    flow = flow_or_404(flow_id)
    entries = [
        {"version": row, "url": layout_url(tenant, flow, "version", row.number), "count": row.number_of_changes}
        for row in flow.layouts.published().defer("content")
    ]
    context = {"entries": entries, "kept_newest": KEPT_NEWEST, **layout_frame(request, tenant, flow)}
    return TemplateResponse(request, "portal/userflows/layout_history.html", context)


@tenant_page(needs=Need.FLOWS_READ)
def version(request: PortalRequest, tenant: Tenant, flow_id: UUID, version_number: int) -> HttpResponse:
    """One version beside the one before it."""
    flow = flow_or_404(flow_id)
    row = get_object_or_404(flow.layouts.published(), number=version_number)
    before = flow.layouts.published().filter(number__lt=version_number).first()
    context = {
        "version": row,
        "before": before,
        "changes": layout_differences(read(before.content) if before else (), read(row.content)),
        "restore_url": layout_url(tenant, flow, "restore", row.number),
        "is_newest": row == newest(flow),
        **before_and_after(tenant, flow, str(before.number) if before else "-", str(row.number)),
        **layout_frame(request, tenant, flow),
    }
    return TemplateResponse(request, "portal/userflows/layout_version.html", context)


@tenant_page(needs=Need.FLOWS_CHANGE)
def restore_version(request: PortalRequest, tenant: Tenant, flow_id: UUID, version_number: int) -> HttpResponse:
    """Restore a version, so that customers see it again, once it is told how it differs from what they see now."""
    flow = flow_or_404(flow_id)
    row = get_object_or_404(flow.layouts.published(), number=version_number)
    if request.method != "POST":
        return _restore_page(request, tenant, flow, row)
    try:
        restored = restore(row, seen=request.POST.get("seen", ""), actor=request.actor)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(layout_url(tenant, flow, "history"))
    numbers = {"number": version_number, "as": restored.number}
    messages.success(request, _("Version %(number)d is what customers see again, as version %(as)d.") % numbers)
    return redirect(layout_url(tenant, flow, "history"))


def _restore_page(request: PortalRequest, tenant: Tenant, flow: UserFlow, row: LayoutVersion) -> HttpResponse:
    context = {
        "version": row,
        "changes": layout_differences(layout_in_force(flow), read(row.content)),
        "version_url": layout_url(tenant, flow, "version", row.number),
        "is_newest": row == newest(flow),
        **before_and_after(tenant, flow, NOW, str(row.number)),
        **layout_frame(request, tenant, flow),
    }
    return TemplateResponse(request, "portal/userflows/layout_restore.html", context)
