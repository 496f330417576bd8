"""The portal's page about dynamic registration: the switch, and by which tokens applications may register."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from common.problems import Refused
from oidc.models import InitialAccessToken
from oidc.registration.description import ANYONE, NOBODY, TOKEN_HOLDERS, RegistrationDescription
from oidc.registration.forms import InitialAccessTokenForm
from oidc.registration.services import apply, create_initial_access_token, describe, revoke_initial_access_token
from oidc.wire.addresses import REGISTRATION_PATH, issuer_of
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.shown_once import show_once, shown_once
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant

SAVED = {
    TOKEN_HOLDERS: gettext_lazy("Applications with an initial access token may register themselves now."),
    NOBODY: gettext_lazy("No application can register itself from now on."),
    ANYONE: gettext_lazy("Any application may register itself now."),
}


@tenant_page(needs=Need.SETTINGS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The tokens and the form for another, whose value is shown once."""
    form = InitialAccessTokenForm(sent(request))
    value = _create(form, request) if form.is_valid() else ""
    if value:
        return show_once(request, value)
    now = describe()
    page = {
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
        "is_on": now.who != NOBODY,
        "is_open": now.who == ANYONE,
        "seen": now.version,
        "endpoint": issuer_of(tenant) + REGISTRATION_PATH,
        "tokens": [(token, _state(token)) for token in InitialAccessToken.objects.all()],
        "form": form,
        "value": shown_once(request),
    }
    return render(request, "portal/registration/settings.html", page)


@tenant_page(needs=Need.SETTINGS_CHANGE)
@require_POST
def switch(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """On, by token, or off."""
    return _let(request, tenant, TOKEN_HOLDERS if request.POST.get("switch") == "on" else NOBODY)


@tenant_page(needs=Need.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def let_anyone(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """On for everybody, after a look at what changes."""
    if request.method == "POST":
        return _let(request, tenant, ANYONE)
    return render(request, "portal/registration/open.html", {"seen": describe().version})


@tenant_page(needs=Need.SETTINGS_CHANGE)
@require_POST
def revoke(request: PortalRequest, tenant: Tenant, token_id: UUID) -> HttpResponse:
    token = get_object_or_404(InitialAccessToken, pk=token_id)
    revoke_initial_access_token(token, actor=request.actor)
    messages.success(request, _("No one can register with %(token)s any longer.") % {"token": token})
    return redirect("portal:registration", tenant.slug)


def _let(request: PortalRequest, tenant: Tenant, who: str) -> HttpResponse:
    """Let these register, unless somebody has changed it since the page was opened; the page then shows how it is."""
    seen = request.POST.get("seen", "")
    try:
        apply(RegistrationDescription(who), expected_version=seen, actor=request.actor)
    except Refused as refusal:
        messages.error(request, " ".join(problem.sentence for problem in refusal.problems))
    else:
        messages.success(request, str(SAVED[who]))
    return redirect("portal:registration", tenant.slug)


def _create(form: InitialAccessTokenForm, request: PortalRequest) -> str:
    """Make the token and return its value; empty if it was refused, which the form then says."""
    with ProblemsShownAt(form):
        _, value = create_initial_access_token(**form.cleaned_data, actor=request.actor)
        return value
    return ""


def _state(token: InitialAccessToken) -> str:
    if token.revoked_at:
        return _("Revoked")
    if token.expires_at <= timezone.now():
        return _("Expired")
    return _("Used up") if token.registrations >= token.max_registrations else ""
