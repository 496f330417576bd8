"""What becomes of the draft of a page layout: looked over and published, now or later; discarded."""

from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from branding.forms.brandings import PublishForm
from branding.languages.offered import offer
from branding.views.addresses import BrandAt, with_host
from branding.views.preview import POLICY, inert
from common.problems import Refused
from common.text.time_zones import zone_named
from portal_frame.access import Need
from portal_frame.forms import CHANGED_BEFORE_IT, ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.layouts.content import read, seen_as
from userflows.flows.layouts.telling import layout_differences
from userflows.flows.layouts.versions import Layout, draft_of, layout_in_force
from userflows.flows.publishing.scheduling import schedule, unschedule
from userflows.flows.publishing.services import discard, publish
from userflows.flows.views.drafts import draft_frame, layout_url
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.models import UserFlow
from userflows.views.samples.layouts import chosen_in, flow_as_if, html_of_page, pages_of

NOW = "now"
"""In the place of a version's number: what customers see."""


@tenant_page(needs=Need.FLOWS_READ)
def review(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """What publishing the draft would change, and the button that does it, now or at a time in the tenant's zone."""
    flow = flow_or_404(flow_id)
    draft = draft_of(flow)
    form = PublishForm(sent(request), version=seen_as(draft), zone=zone_named(tenant.time_zone))
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            _publish(request, flow, form)
            return redirect(layout_url(tenant, flow))
    context = {
        "form": form,
        "changes": layout_differences(layout_in_force(flow), draft),
        **before_and_after(tenant, flow, NOW, ""),
        **layout_frame(request, tenant, flow),
    }
    return TemplateResponse(request, "portal/userflows/layout_publish.html", context)


@tenant_page(needs=Need.FLOWS_CHANGE)
def discard_draft(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Throw away what isn't published, as it was seen, once it is told what is lost."""
    flow = flow_or_404(flow_id)
    if request.method != "POST":
        changes = layout_differences(draft_of(flow), layout_in_force(flow))
        context = {"changes": changes, **layout_frame(request, tenant, flow)}
        return TemplateResponse(request, "portal/userflows/layout_discard.html", context)
    try:
        discard(flow, seen=request.POST.get("seen", ""), actor=request.actor)
        messages.success(request, _("The draft is discarded. It is what customers see again."))
    except Refused:
        messages.error(request, CHANGED_BEFORE_IT)
    return redirect(layout_url(tenant, flow))


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_POST
def take_back(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Don't publish what is scheduled."""
    flow = flow_or_404(flow_id)
    try:
        unschedule(flow, actor=request.actor)
        messages.success(request, _("Nothing is scheduled any longer. The draft is still here."))
    except Refused:
        messages.error(request, CHANGED_BEFORE_IT)
    return redirect(layout_url(tenant, flow))


@csp_replace(POLICY)
@xframe_options_sameorigin
@tenant_page(needs=Need.FLOWS_READ)
@require_safe
def preview(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """One page of the draft, of the version whose number is asked for, or of what customers see; inert."""
    flow = flow_or_404(flow_id)
    imagined = flow_as_if(flow, _asked_for(flow, request.GET.get("version", "")))
    address_of = with_host(request, BrandAt(tenant).image_url)
    chosen = chosen_in(request.GET, imagined, usual=offer().default)
    return HttpResponse(inert(html_of_page(imagined, chosen, address_of)))


def layout_frame(request: PortalRequest, tenant: Tenant, flow: UserFlow) -> dict[str, Any]:
    """What a page about the versions of a layout is told besides."""
    return {**draft_frame(tenant, flow), **flow_frame(request, tenant, flow), "layout_url": layout_url(tenant, flow)}


def before_and_after(tenant: Tenant, flow: UserFlow, before: str, after: str) -> dict[str, Any]:
    """The pages of two layouts beside each other, by their numbers, `NOW`, or "" for the draft; "-" for none."""
    pages = [pages_of(flow_as_if(flow, _asked_for(flow, each))) if each != "-" else [] for each in (before, after)]
    address = layout_url(tenant, flow, "preview")
    return {
        "pages": [
            {
                "name": name,
                **{
                    f"{side}_url": f"{address}?version={which}&page={page}" if page in dict(there) else ""
                    for side, which, there in zip(("before", "after"), (before, after), pages, strict=True)
                },
            }
            for page, name in dict([*pages[0], *pages[1]]).items()
        ]
    }


def _asked_for(flow: UserFlow, version: str) -> Layout:
    if version == NOW:
        return layout_in_force(flow)
    if not version.isdecimal():
        return draft_of(flow)
    return read(get_object_or_404(flow.layouts.published(), number=int(version[:9])).content)


def _publish(request: PortalRequest, flow: UserFlow, form: PublishForm) -> None:
    """Raises `Refused`."""
    if form.moment:
        schedule(flow, due_at=form.moment, seen=form.current, actor=request.actor)
        messages.success(request, _("The draft will be published at the scheduled time."))
    else:
        version = publish(flow, seen=form.current, actor=request.actor)
        told = _("Version %(number)s is published: customers see it now.") % {"number": version.number}
        messages.success(request, told)
