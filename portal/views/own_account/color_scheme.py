"""The switch for light and dark."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.color_scheme import SCHEMES, USUAL, remember_scheme
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, portal_page


@portal_page(needs=Need.OWN_PROFILE)
@require_POST
def choose_color_scheme(request: PortalRequest) -> HttpResponse:
    """Remember the colour scheme for this browser, and go back to the page where the switch was."""
    back = request.POST.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if is_ours else "portal:tenants")
    remember_scheme(response, SCHEMES.get(request.POST.get("look", ""), USUAL))
    return response
