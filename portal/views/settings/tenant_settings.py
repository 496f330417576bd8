"""A tenant's name, country and time zone, and its life: suspended, resumed, deleted, restored."""

from collections.abc import Callable
from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.services import Actor
from oidc.wire.addresses import issuer_of
from operations.figures import figures
from portal.forms.tenants import TenantForm
from portal_frame.access import Need
from portal_frame.confirmation import TypedNameForm
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.addressing import base_url, default_url
from tenants.description import TenantDescription
from tenants.errors import TenantError
from tenants.models import TENANT_RESTORABLE_FOR, Tenant
from tenants.services import apply, delete_tenant, describe, restore_tenant, resume_tenant, suspend_tenant


@tenant_page(needs=Need.SETTINGS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    now = describe(tenant)
    form = TenantForm(sent(request), kept=asdict(now), version=now.version)
    if form.is_valid():
        with ProblemsShownAt(form):
            apply(tenant, TenantDescription(**form.cleaned_data), expected_version=form.current, actor=request.actor)
            messages.success(request, gettext("Name, country and time zone are saved."))
            return redirect("portal:tenant-settings", tenant.slug)
    context = {
        "tenant": tenant,
        "form": form,
        "address": default_url(tenant),
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/tenants/settings.html", context)


@tenant_page(needs=Need.STATE_CHANGE)
@require_safe
def danger(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """What takes the tenant out of service."""
    _refuse_home(tenant)
    page = {"tenant": tenant, "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug])}
    return render(request, "portal/tenants/danger.html", page)


@tenant_page(needs=Need.STATE_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    _refuse_home(tenant)
    if request.method == "POST":
        return _moved(
            request, tenant, suspend_tenant, gettext("%(name)s is suspended. Its pages and its issuer say so.")
        )
    return render(request, "portal/tenants/suspend.html", _consequences(tenant))


@tenant_page(needs=Need.STATE_CHANGE)
@require_POST
def resume(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    return _moved(request, tenant, resume_tenant, gettext("%(name)s is active again."))


@tenant_page(needs=Need.STATE_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    _refuse_home(tenant)
    form = TypedNameForm(sent(request), name=tenant.name)
    if form.is_valid():
        try:
            delete_tenant(tenant, typed_name=form.cleaned_data["typed_name"], actor=request.actor)
        except TenantError as error:
            form.add_error(None, str(error))
        else:
            said = gettext("%(name)s is deleted. You can restore it for %(days)d days.")
            messages.success(request, said % {"name": tenant.name, "days": TENANT_RESTORABLE_FOR.days})
            return redirect("portal:tenants")
    context = {**_consequences(tenant), "form": form, "days": TENANT_RESTORABLE_FOR.days}
    return render(request, "portal/tenants/delete.html", context)


@tenant_page(needs=Need.STATE_CHANGE, also_if_deleted=True)
@require_POST
def restore(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    return _moved(request, tenant, restore_tenant, gettext("%(name)s is back, as it was."))


def _moved(request: PortalRequest, tenant: Tenant, move: Callable[..., None], success: str) -> HttpResponse:
    """Carry out a change of state, or say why not: somebody else may have been quicker."""
    actor: Actor = request.actor
    try:
        move(tenant, actor=actor)
    except TenantError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, success % {"name": tenant.name})
    return redirect("portal:tenant-settings", tenant.slug)


def _refuse_home(tenant: Tenant) -> None:
    if tenant.is_home:
        raise Http404


def _consequences(tenant: Tenant) -> dict[str, object]:
    return {"tenant": tenant, "figures": figures(), "issuer": issuer_of(tenant), "address": base_url(tenant)}
