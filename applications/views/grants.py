"""Which ways to get tokens an application may use."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.forms.grants import GrantsForm
from applications.services.application import change_application
from applications.views.application_page import application_or_404
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def grants(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """Choose among the ways to get tokens that its kind may have."""
    application = application_or_404(client_id)
    form = GrantsForm(sent(request), application=application)
    if form.is_valid():
        with ProblemsShownAt(form):
            change_application(application, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("Saved. It applies from the next request."))
            return redirect("portal:application-credentials", tenant.slug, application.client_id)
    return render(request, "portal/applications/grants.html", {"form": form, "application": application})
