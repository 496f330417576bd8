"""The portal's pages that tell a developer where the issuer is and how an application talks to it."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from applications.models import Application
from applications.policies.frameworks import FRAMEWORK_NAMES
from applications.policies.redirect_uris import LOOPBACK_HOSTS
from applications.services.application import change_application
from applications.services.credentials import create_client_secret
from applications.views.application_page import application_frame, application_or_404
from common.problems import Refused
from oidc.quick_start.code import DISCOVERY, SCOPES, code_of, examples_for, variables_of
from oidc.quick_start.sample_applications import SampleApplication, samples_for, zipped
from oidc.wire.addresses import endpoints_of, issuer_of
from portal_frame.access import Need
from portal_frame.lists import chosen, filters
from portal_frame.pages import PortalRequest, tenant_page, way_to_proof
from tenants.models import Tenant

# Long enough to try things out with.
SAMPLE_SECRET_LASTS = timedelta(days=90)
LABELS = {
    "authorization_endpoint": gettext_lazy("Authorization endpoint"),
    "token_endpoint": gettext_lazy("Token endpoint"),
    "pushed_authorization_request_endpoint": gettext_lazy("Pushed authorization request endpoint"),
    "device_authorization_endpoint": gettext_lazy("Device authorization endpoint"),
    "userinfo_endpoint": gettext_lazy("Userinfo endpoint"),
    "introspection_endpoint": gettext_lazy("Introspection endpoint"),
    "revocation_endpoint": gettext_lazy("Revocation endpoint"),
    "end_session_endpoint": gettext_lazy("End session endpoint (sign-out)"),
    "jwks_uri": gettext_lazy("Key set (JWKS)"),
}


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_safe
def endpoints(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    named = [(LABELS.get(name, name), url) for name, url in endpoints_of(tenant).items()]
    page = {
        **application_frame(request, tenant, application),
        "issuer": issuer_of(tenant),
        "discovery_url": issuer_of(tenant) + DISCOVERY,
        "endpoints": named,
    }
    return render(request, "portal/applications/endpoints.html", page)


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_safe
def quick_start(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """Settings for any library and code for the framework that the address names, filled in with what is registered."""
    application = application_or_404(client_id)
    examples = examples_for(application)
    names = {framework: FRAMEWORK_NAMES[framework] for framework in examples}
    example = examples[chosen(request, "with", names)]
    redirect_uri = _example_redirect_uri(application)
    code = code_of(example, application, tenant, redirect_uri=redirect_uri)
    page = {
        **application_frame(request, tenant, application),
        "issuer": issuer_of(tenant),
        "discovery_url": issuer_of(tenant) + DISCOVERY,
        "token_endpoint": endpoints_of(tenant)["token_endpoint"],
        "redirect_uri": redirect_uri,
        "is_local": _is_local(redirect_uri),
        "scopes": SCOPES,
        "needs_secret": _needs_secret(application),
        "needs_redirect_uri": application.kind != Application.Kind.SERVICE and not redirect_uri,
        "example": example,
        "framework_name": FRAMEWORK_NAMES[example.framework],
        "framework_choices": filters(request, "with", names),
        "start": example.start.format(port=urlsplit(redirect_uri).port) if _is_local(redirect_uri) else "",
        "code": code,
        "variables": variables_of(code, tenant),
        "samples": [(sample, sample.is_registered_with(application)) for sample in samples_for(application)],
    }
    return render(request, "portal/applications/quick_start.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_POST
def keep_framework(request: PortalRequest, tenant: Tenant, client_id: UUID, framework: str) -> HttpResponse:
    """Keep what the application is written with: its quick start opens there, and the list is filtered by it."""
    application = application_or_404(client_id)
    if framework not in examples_for(application):
        raise Http404
    change_application(application, framework=framework, actor=request.actor)
    messages.success(
        request,
        _("Kept: %(name)s is written with %(framework)s.")
        % {"name": application.name, "framework": FRAMEWORK_NAMES[framework]},
    )
    return redirect("portal:application-quick-start", tenant.slug, application.client_id)


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_safe
def sample(_request: PortalRequest, tenant: Tenant, client_id: UUID, folder: str) -> HttpResponse:
    """A sample application with this one's values filled in."""
    application = application_or_404(client_id)
    return _download(_sample_or_404(application, folder), application, tenant)


@tenant_page(needs=Need.APPLICATIONS_CHANGE, asks_for_proof=True)
@require_POST
def sample_with_secret(request: PortalRequest, tenant: Tenant, client_id: UUID, folder: str) -> HttpResponse:
    """A sample application that can be started at once: with a client secret made for it, which is nowhere else."""
    application = application_or_404(client_id)
    wanted = _sample_or_404(application, folder)
    try:
        _, value = create_client_secret(
            application,
            description=f"Sample: {wanted.folder}",
            expires_at=timezone.now() + SAMPLE_SECRET_LASTS,
            actor=request.actor,
        )
    except Refused as refusal:
        messages.error(request, " ".join(problem.sentence for problem in refusal.problems))
        return redirect("portal:application-credentials", tenant.slug, application.client_id)
    return _download(wanted, application, tenant, secret=value)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_POST
def add_addresses(request: PortalRequest, tenant: Tenant, client_id: UUID, folder: str) -> HttpResponse:
    """Register where a sample receives customers, beside what is registered already. As on the application's own page,
    whoever does so shows anew who they are.
    """
    application = application_or_404(client_id)
    wanted = _sample_or_404(application, folder)
    if detour := way_to_proof(request):
        return detour
    try:
        change_application(
            application,
            redirect_uris=dict.fromkeys([*application.redirect_uri_list, wanted.redirect_uri]),
            post_logout_redirect_uris=dict.fromkeys(
                [*application.post_logout_redirect_uri_list, wanted.signed_out_uri]
            ),
            actor=request.actor,
        )
    except Refused as refusal:
        messages.error(request, " ".join(problem.sentence for problem in refusal.problems))
    else:
        messages.success(request, _("%(uri)s was registered.") % {"uri": wanted.redirect_uri})
    return redirect("portal:application-quick-start", tenant.slug, application.client_id)


def _download(wanted: SampleApplication, application: Application, tenant: Tenant, *, secret: str = "") -> HttpResponse:
    packed = zipped(wanted, application=application, tenant=tenant, secret=secret)
    headers = {"Content-Disposition": f'attachment; filename="{wanted.folder}.zip"'}
    return HttpResponse(packed, content_type="application/zip", headers=headers)


def _sample_or_404(application: Application, folder: str) -> SampleApplication:
    for fitting in samples_for(application):
        if fitting.folder == folder:
            return fitting
    raise Http404


def _needs_secret(application: Application) -> bool:
    return application.uses_secret and not application.secrets.usable().exists()


def _example_redirect_uri(application: Application) -> str:
    """The registered URI an example can be tried with: one on the developer's machine if there is any."""
    uris = application.redirect_uri_list
    return next((uri for uri in uris if _is_local(uri)), uris[0] if uris else "")


def _is_local(uri: str) -> bool:
    return urlsplit(uri).hostname in LOOPBACK_HOSTS
