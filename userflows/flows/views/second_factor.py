"""Second factors in a user flow: a tab of its page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.finding.in_order import how_many
from accounts.finding.lookup import CustomerFilter
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.forms.second_factor import SecondFactorForm
from userflows.flows.services import change_user_flow
from userflows.flows.views.flow_page import flow_frame, flow_or_404


@tenant_page(needs=Need.FLOWS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    flow = flow_or_404(flow_id)
    kept = {"second_factor": flow.second_factor, "factors": flow.factors, "remember_days": flow.remember_days}
    form = SecondFactorForm(sent(request), kept=kept)
    if form.is_valid():
        with ProblemsShownAt(form):
            change_user_flow(flow, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("Saved. It applies from now on, including to customers who are signed in."))
            return redirect("portal:userflow-second-factor", tenant.slug, flow.pk)
    page = {
        "form": form,
        "with_app": how_many(CustomerFilter(has_app=True)),
        "without_app": how_many(CustomerFilter(has_app=False)),
        "with_passkey": how_many(CustomerFilter(has_passkey=True)),
        "is_home": tenant.is_home,
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/second_factor.html", page)
