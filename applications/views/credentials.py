"""How an application proves who it is: by client secrets, each shown once, when it is made, or by a key pair."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.forms.credentials import CERTIFICATE_FIELD_NAMES, AuthenticationForm, ClientSecretForm
from applications.forms.grants import LABELS
from applications.models import Application, ClientSecret
from applications.policies.credentials import EXPIRES_SOON
from applications.services.application import change_application
from applications.services.credentials import create_client_secret, delete_client_secret
from applications.views.application_page import application_frame, application_or_404
from common.crypto.public_keys import usable_keys
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.shown_once import show_once, shown_once
from tenants.models import Tenant


@tenant_page(needs=Need.APPLICATIONS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def credentials(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """The secrets and the form for another, whose value is shown once."""
    application = application_or_404(client_id)
    form = ClientSecretForm(sent(request))
    value = _create_secret(form, application, request) if form.is_valid() else ""
    if value:
        return show_once(request, value)
    page = {
        **application_frame(request, tenant, application),
        "form": form,
        "value": shown_once(request),
        "grants": [LABELS[grant] for grant in application.grant_types],
        "certificate_field": CERTIFICATE_FIELD_NAMES.get(application.certificate_field, ""),
        "keys": usable_keys(application.jwks) if application.jwks and application.verifies_by_keys else (),
        "secrets": [(secret, _state(secret)) for secret in application.secrets.all()],
    }
    return render(request, "portal/applications/credentials.html", page)


@tenant_page(needs=Need.APPLICATIONS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def authentication(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """Choose between client secrets and a key pair. A public application has nothing to choose."""
    application = application_or_404(client_id)
    if application.is_public:
        return redirect("portal:application-credentials", tenant.slug, application.client_id)
    form = AuthenticationForm(sent(request), application=application)
    if form.is_valid():
        with ProblemsShownAt(form):
            change_application(application, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("Saved. The next request has to prove itself this way."))
            return redirect("portal:application-credentials", tenant.slug, application.client_id)
    page = {"form": form, "application": application, "usable_secrets": application.secrets.usable().exists()}
    return render(request, "portal/applications/authentication.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_secret(request: PortalRequest, tenant: Tenant, client_id: UUID, secret_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    secret = application.secrets.filter(pk=secret_id).first()
    if secret is None:
        return render(request, "portal/applications/secret_gone.html", {"application": application}, status=404)
    if request.method == "POST":
        delete_client_secret(secret, actor=request.actor)
        messages.success(request, _("The client secret %(secret)s was deleted.") % {"secret": secret})
        return redirect("portal:application-credentials", tenant.slug, application.client_id)
    others = application.secrets.usable().exclude(pk=secret.pk).count()
    page = {"application": application, "secret": secret, "state": _state(secret), "others": others}
    return render(request, "portal/applications/delete_secret.html", page)


def _create_secret(form: ClientSecretForm, application: Application, request: PortalRequest) -> str:
    """Make the secret and return its value; empty if it was refused, which the form then says."""
    value = ""
    with ProblemsShownAt(form):
        _, value = create_client_secret(
            application,
            description=form.cleaned_data["description"],
            expires_at=timezone.now() + form.cleaned_data["expires_in"],
            actor=request.actor,
        )
    return value


def _state(secret: ClientSecret) -> str:
    now = timezone.now()
    if secret.expires_at <= now:
        return "expired"
    return "soon" if secret.expires_at < now + EXPIRES_SOON else ""
