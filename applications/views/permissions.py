"""What an application may ask of APIs, and who consents to it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.forms.permissions import ConsentForm, PermissionsForm
from applications.lookup.listing import with_application
from applications.models import ApiScope, Application, ScopePermission
from applications.services.application import change_application
from applications.services.permissions import grant_for_all, revoke_grant_for_all
from applications.views.application_page import application_frame, application_or_404
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

GRANTED, AWAITS, ASKED, IMPLIED = "granted", "awaits", "asked", "implied"


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def permissions(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    form = PermissionsForm(sent(request), kept=_kept(application), application=application)
    if form.is_valid():
        with ProblemsShownAt(form, {"permitted_scopes": "scopes", "permitted_roles": "roles"}):
            change_application(application, **form.values(), actor=request.actor)
            messages.success(request, _("Saved. It applies to tokens issued from now on."))
            return redirect("portal:application-permissions", tenant.slug, application.client_id)
    given = ScopePermission.objects.filter(application=application).select_related("scope").order_by("scope__name")
    page = {
        **application_frame(request, tenant, application),
        "form": form,
        "consent": ConsentForm(initial={"asks": application.asks_for_consent}),
        "permissions": [(each, _state(each, application)) for each in with_application(given, "scope__application")],
        "standard_state": GRANTED if application.standard_scopes_granted_at else _unless_granted(application),
        "signs_in": "authorization_code" in application.grant_types,
    }
    return render(request, "portal/applications/permissions.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_POST
def consent(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """Choose whether customers are asked."""
    application = application_or_404(client_id)
    asks = "asks" in request.POST
    change_application(application, asks_for_consent=asks, actor=request.actor)
    messages.success(request, _("Customers are asked from now on.") if asks else _("Customers are no longer asked."))
    return redirect("portal:application-permissions", tenant.slug, application.client_id)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """Consent for every customer, or take that back, after a look at what it comes to."""
    application = application_or_404(client_id)
    is_revocation = request.GET.get("take") == "back"
    if request.method == "POST":
        (revoke_grant_for_all if is_revocation else grant_for_all)(application, actor=request.actor)
        said = _("Consent for all customers was revoked.") if is_revocation else _("Granted for all customers.")
        messages.success(request, said)
        return redirect("portal:application-permissions", tenant.slug, application.client_id)
    scopes = [each.scope for each in ScopePermission.objects.filter(application=application).select_related("scope")]
    page = {"application": application, "is_revocation": is_revocation, "scopes": scopes}
    return render(request, "portal/applications/grant_for_all.html", page)


def _kept(application: Application) -> dict[str, list[str]]:
    return {
        "scopes": sorted(str(pk) for pk in application.scope_permissions.values_list("scope_id", flat=True)),
        "roles": sorted(str(pk) for pk in application.role_permissions.values_list("role_id", flat=True)),
    }


def _state(permission: ScopePermission, application: Application) -> str:
    if permission.granted_at:
        return GRANTED
    if permission.scope.consenter == ApiScope.Consenter.ADMINISTRATORS:
        return AWAITS
    return _unless_granted(application)


def _unless_granted(application: Application) -> str:
    return ASKED if application.asks_for_consent else IMPLIED
