"""The installation, for its operators: its mail, how much tenants may have, and whether its log is as it was."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_tenants.utils import schema_context

from common.problems import Refused
from logs.facts import log_facts
from mail.forms import TestMailForm
from mail.sending.trial import MailTrial, try_installation
from portal.forms.installation import LimitsForm, OwnLimitsForm, TenantToLimitForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent, show_problems
from portal_frame.pages import PortalRequest, portal_page
from tenants.limits import limits_of_installation
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import normalise_domain_name
from tenants.services import limit_tenant, limit_tenants


@portal_page(needs=Need.INSTALLATION_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def installation_settings(request: PortalRequest) -> HttpResponse:
    """All of it on one page; its form is that of the limits."""
    form = LimitsForm(sent(request), kept=asdict(limits_of_installation()))
    if form.is_valid():
        with ProblemsShownAt(form):
            limit_tenants(form.limits, actor=request.actor)
            messages.success(request, _("Saved. What already exists stays; anything created from now on is counted."))
            return redirect("portal:installation-settings")
    return _page(request, form=form)


@portal_page(needs=Need.INSTALLATION_CHANGE)
@require_POST
def test_mail(request: PortalRequest) -> HttpResponse:
    """A test by the server that `EMAIL_URL` names."""
    to, trial = TestMailForm(request.POST), None
    if to.is_valid():
        try:
            trial = try_installation(to=to.cleaned_data["to"].strip())
        except Refused as refusal:
            show_problems(to, refusal)
    if request.headers.get("HX-Request"):
        return render(request, "portal/mail/_trial.html", {"trial": trial, "to": to, "form": to})
    return _page(request, to=to, trial=trial)


@portal_page(needs=Need.INSTALLATION_CHANGE)
@require_POST
def find_tenant(request: PortalRequest) -> HttpResponse:
    """The way to the limits of one tenant."""
    form = TenantToLimitForm(request.POST)
    if not form.is_valid():
        return _page(request, find=form)
    slug = normalise_domain_name(form.cleaned_data["domain"][:64])
    with schema_context(PUBLIC):
        tenant = Tenant.objects.filter(slug=slug, is_home=False).first()
    if tenant is None:
        form.add_error("domain", _("There is no tenant with this domain."))
        return _page(request, find=form)
    return redirect("portal:installation-tenant-limits", tenant.pk)


@portal_page(needs=Need.INSTALLATION_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def tenant_limits(request: PortalRequest, tenant_id: UUID) -> HttpResponse:
    """The limits of one tenant."""
    with schema_context(PUBLIC):
        tenant = get_object_or_404(Tenant, pk=tenant_id, is_home=False)
    form = OwnLimitsForm(sent(request), own=tenant.limits or {}, usual=asdict(limits_of_installation()))
    if form.is_valid():
        with ProblemsShownAt(form):
            limit_tenant(tenant, form.own, actor=request.actor)
            messages.success(request, _("The limits of %(name)s are saved.") % {"name": tenant.name})
            return redirect("portal:installation-settings")
    page = {"tenant": tenant, "form": form}
    return render(request, "portal/installation/tenant_limits.html", page)


def _page(request: PortalRequest, **forms: Any) -> HttpResponse:
    trial: MailTrial | None = forms.get("trial")
    with schema_context(PUBLIC):
        facts = log_facts()
    page = {
        "form": forms.get("form") or LimitsForm(kept=asdict(limits_of_installation())),
        "to": forms.get("to") or TestMailForm(initial={"to": request.administrator.email}),
        "find": forms.get("find") or TenantToLimitForm(),
        "trial": trial,
        "sender": settings.EMAIL_FROM,
        "tenant_servers": settings.CIAM_TENANT_MAIL_SERVERS,
        "facts": facts,
        "kept": [
            (_("Activity is kept for"), settings.CIAM_ACTIVITY_KEPT_DAYS, "CIAM_ACTIVITY_KEPT_DAYS"),
            (_("Administration is kept for"), settings.CIAM_ADMINISTRATION_KEPT_DAYS, "CIAM_ADMINISTRATION_KEPT_DAYS"),
        ],
        "registrations": settings.CIAM_REGISTRATIONS_PER_HOUR,
        "kept_days": settings.CIAM_ADMINISTRATION_KEPT_DAYS,
        "may_change": Need.INSTALLATION_CHANGE in request.allowed,
    }
    return render(request, "portal/installation/settings.html", page)
