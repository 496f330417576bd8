"""How long people stay signed in to a tenant."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.sessions.rules import SessionRules, session_rules
from accounts.sessions.services import set_session_rules
from frame.access import Need
from frame.forms import sent
from frame.pages import PortalRequest, tenant_page
from frame.tabs import SETTINGS_TABS
from portal.forms.sessions import MINUTES_IN, SessionRulesForm
from tenants.models import Tenant


@tenant_page(needs=Need.SETTINGS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    form = SessionRulesForm(sent(request), kept=_kept(session_rules()))
    if form.is_valid():
        set_session_rules(**form.cleaned_data, actor=request.actor)
        messages.success(request, "Saved. Shorter times apply immediately, longer ones from the next sign-in.")
        return redirect("portal:tenant-sessions", tenant.slug)
    page = {"tenant": tenant, "form": form, "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug])}
    return render(request, "portal/tenants/sessions.html", page)


def _kept(rules: SessionRules) -> dict[str, Any]:
    kept: dict[str, Any] = {"offers_stay": rules.offers_stay, "stay_days": rules.stay.days}
    for name, time in (("idle", rules.idle), ("lifetime", rules.lifetime)):
        kept[f"{name}_amount"], kept[f"{name}_unit"] = _amount_of(time)
    return kept


def _amount_of(time: timedelta) -> tuple[int, str]:
    """The time in the largest unit that it is a whole number of."""
    minutes = int(time.total_seconds() // 60)
    unit = max((int(unit) for unit, _ in MINUTES_IN if minutes % int(unit) == 0), default=1)
    return minutes // unit, str(unit)
