"""How long customers may change their mind about the deletion of their account, and whose are about to go."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.identity.services.closing import change_grace, grace_days
from accounts.models import Account
from portal.forms.settings.deletion import GraceForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant

MOST_SHOWN = 20


@tenant_page(needs=Need.SETTINGS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Administrators, the accounts of the home tenant, aren't deleted by themselves."""
    if tenant.is_home:
        raise Http404
    form = GraceForm(sent(request), kept={"grace_days": grace_days()})
    if form.is_valid():
        with ProblemsShownAt(form):
            change_grace(form.cleaned_data["grace_days"], actor=request.actor)
            messages.success(request, gettext("Saved. It applies to requests from now on."))
            return redirect("portal:tenant-deletion", tenant.slug)
    closing = Account.objects.kept().exclude(closes_at=None)
    page = {
        "tenant": tenant,
        "form": form,
        "closing": closing.order_by("closes_at")[:MOST_SHOWN] if Need.CUSTOMERS_READ in request.allowed else [],
        "number": closing.count(),
        "most": MOST_SHOWN,
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/tenants/deletion.html", page)
