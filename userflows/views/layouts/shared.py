"""Links to the draft of a page layout: made and taken back in the portal, opened by whoever was sent one."""

from functools import partial
from uuid import UUID

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from branding.brands.lookup import image_url
from branding.forms.brandings import ShareForm
from branding.languages.offered import offer
from branding.look import tenant_name
from branding.models import DraftLink
from branding.versions.links import note_opening, opened_layout_link
from branding.views.addresses import with_host
from branding.views.preview import POLICY, inert
from branding.views.shared import by_link
from common.web.language import speak
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.shown_once import show_once, shown_once
from tenants.addressing import base_url
from tenants.models import Tenant
from userflows.flows.layouts.versions import draft_of
from userflows.flows.publishing.links import make_layout_link, take_layout_link_back
from userflows.flows.views.drafts import layout_url
from userflows.flows.views.flow_page import flow_or_404
from userflows.models import UserFlow
from userflows.views.layouts.drafts import layout_frame
from userflows.views.samples.layouts import chosen_in, flow_as_if, html_of_page, pages_of

by_layout_link = partial(by_link, opened=opened_layout_link)


@tenant_page(needs=Need.FLOWS_CHANGE)
def share(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Make a link by which others see the draft, without an account here; and what links there are."""
    flow = flow_or_404(flow_id)
    form = ShareForm(sent(request))
    if request.method == "POST" and form.is_valid():
        days, note = int(form.cleaned_data["days"]), form.cleaned_data["note"]
        with ProblemsShownAt(form):
            path = make_layout_link(flow, days=days, note=note, actor=request.actor)
            return show_once(request, f"{base_url(tenant)}{path}")
    links = [
        {"row": row, "take_back_url": layout_url(tenant, flow, "link-take-back", row.pk)}
        for row in DraftLink.objects.of_flow(flow.pk).alive()
    ]
    context = {"form": form, "link": shown_once(request), "links": links, **layout_frame(request, tenant, flow)}
    return TemplateResponse(request, "portal/userflows/layout_share.html", context)


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_POST
def take_back_link(request: PortalRequest, tenant: Tenant, flow_id: UUID, layout_link_id: UUID) -> HttpResponse:
    """Revoke a link to the draft."""
    flow = flow_or_404(flow_id)
    link = get_object_or_404(DraftLink.objects.of_flow(flow.pk), pk=layout_link_id)
    take_layout_link_back(flow, link, actor=request.actor)
    messages.success(request, _("The link is withdrawn and no longer works."))
    return redirect(layout_url(tenant, flow, "share"))


@require_safe
@by_layout_link
def layout_draft(request: HttpRequest, link: DraftLink) -> HttpResponse:
    """The choice of page, language and colours, and a frame with what is chosen."""
    note_opening(link)
    flow = _flow_of(link)
    chosen = chosen_in(request.GET, flow, usual=request.LANGUAGE_CODE)
    speak(request)
    named = [request.resolver_match.kwargs["token"]] if request.resolver_match else []
    context = {
        "link": link,
        "flow": flow,
        "chosen": chosen,
        "pages": pages_of(flow),
        "languages": offer().known_by_own_name,
        "tenant_name": tenant_name(),
        "page_url": reverse("customer:layout-draft-page", args=named),
    }
    return render(request, "portal/userflows/shared_layout.html", context)


@csp_replace(POLICY)  # type: ignore[arg-type]
@xframe_options_sameorigin
@require_safe
@by_layout_link
def layout_draft_page(request: HttpRequest, link: DraftLink) -> HttpResponse:
    """One page of the draft, inert."""
    flow = _flow_of(link)
    chosen = chosen_in(request.GET, flow, usual=request.LANGUAGE_CODE)
    return HttpResponse(inert(html_of_page(flow, chosen, with_host(request, image_url))))


def _flow_of(link: DraftLink) -> UserFlow:
    """The flow as its draft would have it."""
    flow = get_object_or_404(UserFlow, pk=link.user_flow)
    return flow_as_if(flow, draft_of(flow))
