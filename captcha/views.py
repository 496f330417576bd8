"""The portal's page about the tenant's CAPTCHA: which provider it is, and a test of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from captcha.description import CaptchaDescription, described
from captcha.forms import CaptchaForm
from captcha.models import CaptchaSettings
from captcha.services import CaptchaTrial, choose_captcha, try_captcha
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent, show_problems
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant


@tenant_page(needs=Need.FLOWS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def captcha(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Which provider it is, with what it has given, and what happens when it gives no answer."""
    form = _form(request)
    if form.is_valid():
        with ProblemsShownAt(form):
            wished, secret = _wished(form)
            choose_captcha(wished, secret=secret, expected_version=form.current, actor=request.actor)
            messages.success(request, gettext("Saved."))
            return redirect("portal:captcha", tenant.slug)
    return _page(request, tenant, form)


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_POST
def test(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """A test with the values on the screen, saved or not; to a script only how it went, beside what was typed."""
    form = _form(request)
    trial = None
    if form.is_valid():
        wished, secret = _wished(form)
        try:
            trial = try_captcha(wished, secret=secret)
        except Refused as refusal:
            show_problems(form, refusal)
    if request.headers.get("HX-Request"):
        return render(request, "portal/captcha/_trial.html", {"trial": trial, "form": form})
    return _page(request, tenant, form, trial)


def _form(request: PortalRequest) -> CaptchaForm:
    kept = CaptchaSettings.objects.first()
    now = described(kept)
    shown = {**vars(now), "origins": "\n".join(now.origins)}
    has_secret = kept is not None and bool(kept.sealed_secret)
    return CaptchaForm(sent(request), kept=shown, version=now.version, has_secret=has_secret)


def _wished(form: CaptchaForm) -> tuple[CaptchaDescription, str]:
    chosen = dict(form.cleaned_data)
    secret: str = chosen.pop("secret")
    return CaptchaDescription(**chosen), secret


def _page(request: PortalRequest, tenant: Tenant, form: CaptchaForm, trial: CaptchaTrial | None = None) -> HttpResponse:
    kept = CaptchaSettings.objects.first()
    page: dict[str, Any] = {
        "tenant": tenant,
        "form": form,
        "trial": trial,
        "kept": kept,
        "now": described(kept),
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/captcha/settings.html", page)
