"""In which time zone a tenant's days are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from figures.services.time_zone import DaySettings, apply, describe
from frame.access import Need
from frame.forms import ProblemsShownAt, sent
from frame.pages import PortalRequest, tenant_page
from frame.tabs import SETTINGS_TABS
from portal.forms.time_zone import TimeZoneForm
from tenants.models import Tenant


@tenant_page(needs=Need.SETTINGS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def time_zone(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    kept = describe()
    form = TimeZoneForm(sent(request), kept={"time_zone": kept.time_zone}, version=kept.version)
    if form.is_valid():
        with ProblemsShownAt(form):
            apply(DaySettings(**form.cleaned_data), expected_version=form.current, actor=request.actor)
            messages.success(request, "Saved. Days that were closed stay as they were counted.")
            return redirect("portal:tenant-time-zone", tenant.slug)
    page = {"tenant": tenant, "form": form, "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug])}
    return render(request, "portal/tenants/time_zone.html", page)
