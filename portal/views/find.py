"""Search over everything that somebody may open: a page of its own, of which the palette shows the rows alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from portal.finding.found import Asked
from portal.finding.search import search
from portal_frame.access import Need
from portal_frame.lists import searched_for
from portal_frame.pages import PortalRequest, portal_page, tenant_page
from tenants.models import Tenant


@portal_page(needs=Need.OWN_PROFILE)
@require_safe
@vary_on_headers("HX-Request")
def find(request: PortalRequest) -> HttpResponse:
    """Outside of any tenant: pages of the installation, tenants and documentation."""
    return _answer(request, None)


@tenant_page(needs=Need.OVERVIEW_READ)
@require_safe
@vary_on_headers("HX-Request")
def find_in_tenant(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """What the tenant has first, then everything else."""
    return _answer(request, tenant)


def _answer(request: PortalRequest, tenant: Tenant | None) -> HttpResponse:
    query = searched_for(request)
    page = {"query": query, "groups": search(Asked(request, tenant, query))}
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "portal/find/rows.html" if is_part else "portal/find/page.html", page)
