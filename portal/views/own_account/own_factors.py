"""An administrator's own second factor and passkeys: seen here, changed on a journey that asks for all proofs anew."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.factors.passkeys import passkeys_of
from portal.views.own_account.profile import OWN_TABS
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, portal_page
from userflows.sessions.signed_in import flow_of
from userflows.views.customer.credentials.factors import factors_of


@portal_page(needs=Need.OWN_PROFILE)
@require_safe
def second_factor(request: PortalRequest) -> HttpResponse:
    page = {
        **factors_of(request.administrator, flow_of(request)),
        "changed": request.GET.get("changed", ""),
        "own_passkeys": passkeys_of(request.administrator),
        "tabs": OWN_TABS.at(request, of=request, named=[]),
    }
    return render(request, "portal/me/second_factor.html", page)
