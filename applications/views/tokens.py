"""How the tokens of an application are made."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.forms.tokens import TokenSettingsForm
from applications.models import Application
from applications.services.application import change_application, change_with_new_subjects
from applications.views.application_page import application_frame, application_or_404
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    form = TokenSettingsForm(sent(request), kept=_kept(application), application=application)
    if form.is_valid():
        with ProblemsShownAt(form):
            accepts = form.cleaned_data.pop("accepts_new_subjects", False)
            change = change_with_new_subjects if accepts else change_application
            change(application, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("Saved. It applies to tokens issued from now on."))
            return redirect("portal:application-tokens", tenant.slug, application.client_id)
    page = {"form": form, **application_frame(request, tenant, application)}
    return render(request, "portal/applications/tokens.html", page)


def _kept(application: Application) -> dict[str, Any]:
    """The state the form is shown with."""
    return asdict(application.token_settings) | {
        "subject_type": application.subject_type,
        "sector_identifier_uri": application.sector_identifier_uri,
        "jwks": application.jwks,
        "jwks_uri": application.jwks_uri,
    }
