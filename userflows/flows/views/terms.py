"""The terms of use that customers accept by a user flow: a tab of its page."""

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
from userflows.flows.forms.terms import TermsForm
from userflows.flows.readiness import flows_with_other_terms, lacks_terms_link
from userflows.flows.services import change_user_flow
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.flows.views.words import languages_of


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    flow = flow_or_404(flow_id)
    form = TermsForm(sent(request), kept={"terms_version": flow.terms_version, "terms_text": flow.terms_text})
    if form.is_valid():
        with ProblemsShownAt(form):
            change_user_flow(flow, **form.cleaned_data, actor=request.actor)
            if form.cleaned_data["terms_version"].strip():
                messages.success(request, _("Saved. Customers are asked from the next sign-in."))
            else:
                messages.success(request, _("Saved. No one is asked while there is no version."))
            return redirect("portal:userflow-terms", tenant.slug, flow.pk)
    page = {
        "form": form,
        "lacks_link": lacks_terms_link(flow),
        "others": flows_with_other_terms(flow),
        **(languages_of(tenant, flow) if flow.terms_text else {}),
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/terms.html", page)
