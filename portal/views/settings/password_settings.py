"""What new passwords of a tenant have to be like."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.credentials.rules import PasswordRules, describe
from accounts.credentials.services.rules import apply
from portal.forms.settings.passwords import PasswordRulesForm, shown
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant


@tenant_page(needs=Need.SETTINGS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def passwords(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    rules = describe()
    form = PasswordRulesForm(sent(request), kept=shown(vars(rules)), version=rules.version)
    if form.is_valid():
        with ProblemsShownAt(form):
            apply(PasswordRules(**form.cleaned_data), expected_version=form.current, actor=request.actor)
            messages.success(request, gettext("Saved. It applies to passwords chosen from now on."))
            return redirect("portal:tenant-passwords", tenant.slug)
    page = {
        "tenant": tenant,
        "form": form,
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/tenants/passwords.html", page)
