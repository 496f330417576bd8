"""List, register, change and delete applications."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.registration import ApplicationForm, NewApplicationForm
from applications.lookup.listing import applications_page
from applications.models import Application
from applications.services.registration import delete_application, register_application, update_application
from applications.views.frame import application_frame, application_or_404
from frame.admission import PortalRequest, tenant_page
from frame.confirmation import TypedNameForm
from frame.forms import ProblemsShownAt, sent
from frame.lists import searched_for
from tenants.models import Tenant
from userflows.models import UserFlow


@tenant_page
@require_safe
def applications(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    query = searched_for(request)
    after = request.GET.get("after", "")[:100]
    rows, next_after = applications_page(query.replace("\0", ""), after=after.replace("\0", ""))
    page = {
        "tenant": tenant,
        "rows": rows,
        "query": query,
        "has_any": bool(rows) or Application.objects.exists(),
        "first_url": f"?{urlencode({'q': query})}" if after else "",
        "next_url": f"?{urlencode({'q': query, 'after': next_after})}" if next_after else "",
    }
    return render(request, "portal/applications/list.html", page)


@tenant_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    form = NewApplicationForm(sent(request), initial={"user_flow": _proposed_flow(request)})
    if form.is_valid():
        with ProblemsShownAt(form):
            application = register_application(**form.cleaned_data, actor=request.actor)
            messages.success(request, f"{application.name} was registered.")
            return redirect("portal:application-quick-start", tenant.slug, application.client_id)
    return render(request, "portal/applications/register.html", {"form": form})


@tenant_page
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    page = application_frame(request, tenant, application)
    name = application.name
    form = ApplicationForm(sent(request), kept=_kept(application), kind=application.kind)
    if form.is_valid():
        nothing: dict[str, Any] = {"redirect_uris": [], "post_logout_redirect_uris": [], "user_flow": None}
        with ProblemsShownAt(form):
            update_application(application, **(nothing | form.cleaned_data), actor=request.actor)
            is_service = application.kind == Application.Kind.SERVICE
            messages.success(request, f"Saved. It counts from the next {'request' if is_service else 'sign-in'} on.")
            return redirect("portal:application", tenant.slug, application.client_id)
        # The frame around the form shows what is kept.
        application.name = name
    return render(request, "portal/applications/settings.html", {"form": form, **page})


@tenant_page
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    form = TypedNameForm(sent(request), name=application.name)
    if form.is_valid():
        delete_application(application, actor=request.actor)
        messages.success(request, f"{application.name} was deleted.")
        return redirect("portal:applications", tenant.slug)
    page = {"form": form, "application": application, "usable_secrets": application.secrets.usable().count()}
    return render(request, "portal/applications/delete.html", page)


def _kept(application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "redirect_uris": application.redirect_uri_list,
        "post_logout_redirect_uris": application.post_logout_redirect_uri_list,
        "user_flow": application.user_flow_id,
        "requires_pkce": application.requires_pkce,
        "requires_pushed_requests": application.requires_pushed_requests,
    }


def _proposed_flow(request: PortalRequest) -> UserFlow | None:
    """The flow named by the link that led here, else the tenant's default one."""
    wanted = request.GET.get("user_flow", "")
    named = next((flow for flow in UserFlow.objects.all() if str(flow.pk) == wanted), None)
    return named or UserFlow.objects.filter(is_default=True).first()
