"""Which claims an application is told."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.forms.claims import ClaimForm, kept_of_claim
from applications.models import Application, ClaimRule
from applications.services.claims import choose_claim, forget_claim
from applications.views.application_page import application_frame, application_or_404
from portal_frame.access import Need
from portal_frame.confirmation import say_with_undo
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD"])
def claims(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    page = {**application_frame(request, tenant, application), "rules": application.claim_rules.all()}
    return render(request, "portal/applications/claims.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_claim(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    form = ClaimForm(sent(request))
    if form.is_valid() and application.claim_rules.filter(name=form.cleaned_data["name"].strip()).exists():
        form.add_error("name", _("A claim with this name is already chosen. Change that one."))
    if form.is_valid() and _choose(request, application, form):
        return redirect("portal:application-claims", tenant.slug, application.client_id)
    return render(request, "portal/applications/claim.html", {"form": form, "application": application})


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: PortalRequest, tenant: Tenant, client_id: UUID, rule_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    rule = get_object_or_404(ClaimRule, pk=rule_id, application=application)
    form = ClaimForm(sent(request), kept=kept_of_claim(rule))
    form.fields["name"].disabled = True
    if form.is_valid() and _choose(request, application, form):
        return redirect("portal:application-claims", tenant.slug, application.client_id)
    return render(request, "portal/applications/claim.html", {"form": form, "application": application, "rule": rule})


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_POST
def forget(request: PortalRequest, tenant: Tenant, client_id: UUID, rule_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    rule = get_object_or_404(ClaimRule, pk=rule_id, application=application)
    kept = kept_of_claim(rule)
    forget_claim(application, rule.name, actor=request.actor)
    say_with_undo(
        request,
        _("The claim %(name)s has its default value again.") % {"name": rule.name},
        url=reverse("portal:claim-add", args=[tenant.slug, application.client_id]),
        fields=kept,
    )
    return redirect("portal:application-claims", tenant.slug, application.client_id)


def _choose(request: PortalRequest, application: Application, form: ClaimForm) -> bool:
    with ProblemsShownAt(form, form.shown_at):
        rule = choose_claim(application, form.claim(), actor=request.actor)
        messages.success(request, _("The claim %(name)s is included from the next token on.") % {"name": rule.name})
    return not form.errors
