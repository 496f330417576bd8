"""How the tenant sends text messages, and a test of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST

from common.problems import Refused
from common.text.countries import countries
from common.web.limits import used_up
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent, show_problems
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from sms.forms import TestTextForm, TextSettingsForm
from sms.limits import limits_on_tenant
from sms.models import TextMessage, TextSettings
from sms.senders.description import TextDescription, describe, described
from sms.services import SmsTrial, choose_sender, try_sender
from sms.views.countries import rows_of
from tenants.models import Tenant

DAY = timedelta(days=1)


@tenant_page(needs=Need.MAIL_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def sender(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """By what they leave, to which countries, and how many."""
    form = _form(request)
    if form.is_valid():
        with ProblemsShownAt(form):
            wished, secret = _wished(form)
            choose_sender(wished, secret=secret, expected_version=form.current, actor=request.actor)
            messages.success(request, gettext("Saved. The next text message goes this way."))
            return redirect("portal:text-sender", tenant.slug)
    return _page(request, tenant, form, TestTextForm())


@tenant_page(needs=Need.MAIL_CHANGE)
@require_POST
def test(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """A test with the values on the screen, saved or not; to a script only how it went, beside what was typed."""
    form, to = _form(request), TestTextForm(request.POST)
    trial = None
    if form.is_valid() & to.is_valid():
        wished, secret = _wished(form)
        try:
            trial = try_sender(wished, secret=secret, to=to.cleaned_data["to"])
        except Refused as refusal:
            show_problems(form, refusal, elsewhere=["to"])
            show_problems(to, Refused(problem for problem in refusal.problems if problem.field == "to"))
    if request.headers.get("HX-Request"):
        return render(request, "portal/sms/_trial.html", {"trial": trial, "form": form, "to": to})
    return _page(request, tenant, form, to, trial)


def _form(request: PortalRequest) -> TextSettingsForm:
    kept = TextSettings.objects.first()
    now = described(kept)
    shown = {**vars(now), "countries": ", ".join(now.countries)}
    has_secret = kept is not None and bool(kept.sealed_secret)
    return TextSettingsForm(sent(request), kept=shown, version=now.version, has_secret=has_secret)


def _wished(form: TextSettingsForm) -> tuple[TextDescription, str]:
    chosen = dict(form.cleaned_data)
    secret: str = chosen.pop("secret")
    return replace(describe(), **chosen), secret


def _page(
    request: PortalRequest, tenant: Tenant, form: TextSettingsForm, to: TestTextForm, trial: SmsTrial | None = None
) -> HttpResponse:
    now = described(TextSettings.objects.first())
    named = dict(countries(get_language() or ""))
    page: dict[str, Any] = {
        "tenant": tenant,
        "form": form,
        "to": to,
        "trial": trial,
        "now": now,
        "countries": [named[letters] for letters in now.countries],
        "rows": rows_of(now.countries, now),
        "today": TextMessage.objects.filter(sent_at__gte=timezone.now() - DAY).count(),
        "is_used_up": bool(used_up(*limits_on_tenant(now))),
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/sms/sender.html", page)
