"""Whom a user flow lets sign up: a tab of its page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.collectable import collectable_attributes
from userflows.flows.forms.sign_up import SignUpForm, shown
from userflows.flows.rows import layout_of
from userflows.flows.services import change_user_flow
from userflows.flows.sign_up import tells_birth
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.models import UserFlow


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    flow = flow_or_404(flow_id)
    births = _dates_asked(flow)
    form = SignUpForm(sent(request), kept=shown(flow), births=births)
    if form.is_valid():
        with ProblemsShownAt(form):
            change_user_flow(flow, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("Saved. It applies to everyone who signs up from now on."))
            return redirect("portal:userflow-sign-up", tenant.slug, flow.pk)
    page = {"form": form, "births": births, **flow_frame(request, tenant, flow)}
    return render(request, "portal/userflows/sign_up.html", page)


def _dates_asked(flow: UserFlow) -> list[tuple[str, str]]:
    """The attributes by which everybody who signs up tells a day, for a list to choose from."""
    known = collectable_attributes()
    names = [row.attribute for row in flow.attributes.all() if tells_birth(layout_of(row))]
    return [(name, str(known[name].label)) for name in names if name in known]
