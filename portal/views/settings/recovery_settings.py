"""How long whoever has lost their factors waits until they come in without them, and who waits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.factors.recoveries import wait_hours
from accounts.models import Account
from portal.forms.settings.recovery import RecoveryForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant
from userflows.factors.recoveries import change_wait

MOST_SHOWN = 20


@tenant_page(needs=Need.SETTINGS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    form = RecoveryForm(sent(request), kept={"wait_hours": wait_hours()})
    if form.is_valid():
        with ProblemsShownAt(form):
            hours = form.cleaned_data["wait_hours"]
            change_wait(hours, actor=request.actor)
            to_come = gettext("Saved. It applies to requests from now on.")
            messages.success(request, to_come if hours else gettext("Saved. Waits in progress were stopped."))
            return redirect("portal:tenant-recovery", tenant.slug)
    waiting = Account.objects.kept().exclude(recovers_at=None)
    shows_whom = Need.CUSTOMERS_READ in request.allowed and not tenant.is_home
    page = {
        "tenant": tenant,
        "form": form,
        "waiting": waiting.order_by("recovers_at")[:MOST_SHOWN] if shows_whom else [],
        "number": waiting.count(),
        "most": MOST_SHOWN,
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/tenants/recovery.html", page)
