"""Which applications use a user flow: a tab of the flow's page, told from up here because applications name flows."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.forms.user_flow import AssignmentForm
from applications.lookup.listing import told_apart
from applications.models import Application
from applications.services.user_flow import assign_user_flow
from frame.access import Need
from frame.forms import ProblemsShownAt, sent
from frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.views.frame import flow_frame, flow_or_404


@tenant_page(needs=Need.APPLICATIONS_READ | Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def applications_of_flow(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    flow = flow_or_404(flow_id)
    form = AssignmentForm(sent(request), flow=flow)
    if form.is_valid():
        chosen = list(form.cleaned_data["applications"])
        names = ", ".join(application.name for application in chosen)
        with ProblemsShownAt(form):
            assign_user_flow(flow, applications=chosen, actor=request.actor)
            messages.success(
                request,
                _("%(names)s will use %(flow)s.") % {"names": names, "flow": flow.name},
            )
            return redirect("portal:userflow-applications", tenant.slug, flow.pk)
    page = {
        "form": form,
        "applications": list(told_apart(Application.objects.filter(user_flow=flow))),
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/applications.html", page)
