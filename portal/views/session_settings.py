"""How long people stay signed in to a tenant."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.sessions.rules import SessionRules, describe
from accounts.sessions.services import apply
from frame.access import Need
from frame.forms import ProblemsShownAt, sent
from frame.pages import PortalRequest, tenant_page
from frame.tabs import SETTINGS_TABS
from portal.forms.sessions import FIELD_OF, MINUTES_IN, SessionRulesForm
from tenants.models import Tenant


@tenant_page(needs=Need.SETTINGS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    rules = describe()
    form = SessionRulesForm(sent(request), kept=_kept(rules), version=rules.version)
    if form.is_valid():
        with ProblemsShownAt(form, FIELD_OF):
            apply(SessionRules(**form.cleaned_data), expected_version=form.current, actor=request.actor)
            messages.success(request, "Saved. Shorter times apply immediately, longer ones from the next sign-in.")
            return redirect("portal:tenant-sessions", tenant.slug)
    page = {"tenant": tenant, "form": form, "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug])}
    return render(request, "portal/tenants/sessions.html", page)


def _kept(rules: SessionRules) -> dict[str, Any]:
    kept: dict[str, Any] = {"offers_stay": rules.offers_stay, "stay_days": rules.stay_days}
    for name, minutes in (("idle", rules.idle_minutes), ("lifetime", rules.lifetime_minutes)):
        kept[f"{name}_amount"], kept[f"{name}_unit"] = _amount_of(minutes)
    return kept


def _amount_of(minutes: int) -> tuple[int, str]:
    """The time in the largest unit that it is a whole number of."""
    unit = max((int(unit) for unit, _ in MINUTES_IN if minutes % int(unit) == 0), default=1)
    return minutes // unit, str(unit)
