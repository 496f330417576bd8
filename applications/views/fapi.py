"""The FAPI 2.0 Security Profile of an application: what it requires, what is so already, and the switch."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.models import Application
from applications.policies.fapi import requirements_of, turned_on
from applications.services.application import change, change_application, describe
from applications.views.application_page import application_or_404
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page, way_to_proof
from tenants.models import Tenant

MET, CHOSEN, IN_THE_WAY = "met", "chosen", "in the way"
# Where each of those is changed that turning the profile on doesn't choose.
PLACES = {
    "auth_method": "portal:application-authentication",
    "jwks": "portal:application-authentication",
    "redirect_uris": "portal:application",
    "grant_types": "portal:application-grants",
}


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def fapi(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """What is required, and the switch; whoever turns it off shows anew who they are."""
    application = application_or_404(client_id)
    if request.method == "POST":
        if "off" in request.POST and (detour := way_to_proof(request)):
            return detour
        if _switch(request, application):
            return redirect("portal:application", tenant.slug, application.client_id)
        application = application_or_404(client_id)
    described = describe(application)
    requirements = [(each, _state(each.is_met(described), each.choice), PLACES.get(each.field)) for each in
                    requirements_of(described)]  # fmt: skip
    page = {
        "application": application,
        "requirements": requirements,
        "is_possible": not any(state == IN_THE_WAY for _, state, _ in requirements),
    }
    return render(request, "portal/applications/fapi.html", page)


def _switch(request: PortalRequest, application: Application) -> bool:
    """Turn it on or off, as the button says. False if something stands in the way, which the page tells."""
    if "off" in request.POST:
        change_application(application, follows_fapi=False, actor=request.actor)
        messages.success(request, _("FAPI 2.0 is off. What it had chosen stays until you change it."))
        return True
    try:
        change(application, turned_on, actor=request.actor)
    except Refused:
        return False
    messages.success(request, _("FAPI 2.0 is on. It applies from the next request."))
    return True


def _state(is_met: bool, choice: object) -> str:
    if is_met:
        return MET
    return IN_THE_WAY if choice is None else CHOSEN
