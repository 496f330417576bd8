"""Delete applications, restore them, and forget those that were deleted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.models import DeletedApplication
from applications.services.deletion import delete_application, purge_application, restore_application
from applications.views.application_page import application_or_404
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.confirmation import TypedNameForm, say_with_undo
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    form = TypedNameForm(sent(request), name=application.name)
    if form.is_valid():
        with ProblemsShownAt(form):
            deleted = delete_application(application, actor=request.actor)
            say_with_undo(
                request,
                _("%(name)s was deleted.") % {"name": deleted.name},
                url=reverse("portal:application-restore", args=[tenant.slug, deleted.pk]),
            )
            return redirect("portal:applications", tenant.slug)
    page = {"form": form, "application": application, "usable_secrets": application.secrets.usable().count()}
    return render(request, "portal/applications/delete.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_POST
def restore(request: PortalRequest, tenant: Tenant, deleted_client_id: UUID) -> HttpResponse:
    """Restore a deleted application."""
    deleted = _deleted_or_404(deleted_client_id)
    try:
        application, changed = restore_application(deleted, actor=request.actor)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect("portal:applications", tenant.slug)
    messages.success(request, _("%(name)s was restored.") % {"name": application.name})
    if "user_flow" in changed:
        messages.warning(request, _("Its user flow is gone. Its customers go through the default one now."))
    if "factors" in changed:
        messages.warning(request, _("Its own second factors don’t fit that one, so those of the user flow count now."))
    return redirect("portal:application", tenant.slug, application.client_id)


@tenant_page(needs=Need.APPLICATIONS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def purge(request: PortalRequest, tenant: Tenant, deleted_client_id: UUID) -> HttpResponse:
    """Forget a deleted application before its 30 days are over."""
    deleted = _deleted_or_404(deleted_client_id)
    form = TypedNameForm(sent(request), name=deleted.name)
    if form.is_valid():
        with ProblemsShownAt(form):
            purge_application(deleted, actor=request.actor)
            messages.success(request, _("%(name)s was permanently deleted.") % {"name": deleted.name})
            return redirect("portal:applications", tenant.slug)
    return render(request, "portal/applications/purge.html", {"form": form, "deleted": deleted})


def _deleted_or_404(client_id: UUID) -> DeletedApplication:
    return get_object_or_404(DeletedApplication.objects.as_told(), pk=client_id)
