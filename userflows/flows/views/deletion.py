"""Delete user flows, restore them, and forget those that were deleted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from common.problems import Refused
from portal_frame.access import Need
from portal_frame.confirmation import TypedNameForm, say_with_undo
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.deletion import delete_user_flow, purge_user_flow, restore_user_flow
from userflows.flows.views.flow_page import flow_or_404
from userflows.models import Journey
from userflows.rows.deletion import DeletedUserFlow

# What is told of a restored flow, by the fields that aren't as they were.
NOT_AS_IT_WAS = {
    "methods": gettext_lazy("Identity providers that are gone were left out."),
    "attributes": gettext_lazy("Attributes that are gone were left out of its page layout."),
    "minimum_age": gettext_lazy("It has no minimum age now: the attribute that tells how old customers are is gone."),
}


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    flow = flow_or_404(flow_id)
    form = TypedNameForm(sent(request), name=flow.name)
    if form.is_valid():
        with ProblemsShownAt(form):
            deleted = delete_user_flow(flow, actor=request.actor)
            say_with_undo(
                request,
                _("%(name)s was deleted.") % {"name": deleted.name},
                url=reverse("portal:userflow-restore", args=[tenant.slug, deleted.pk]),
            )
            return redirect("portal:userflows", tenant.slug)
    page = {
        "form": form,
        "flow": flow,
        "applications": list(flow.applications.told_apart()),  # type: ignore[attr-defined]
        "journeys": Journey.objects.filter(user_flow=flow, finished_at=None, expires_at__gt=timezone.now()).count(),
    }
    return render(request, "portal/userflows/delete.html", page)


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_POST
def restore(request: PortalRequest, tenant: Tenant, deleted_flow_id: UUID) -> HttpResponse:
    """Restore a deleted user flow."""
    try:
        flow, changed = restore_user_flow(_deleted_or_404(deleted_flow_id), actor=request.actor)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect("portal:userflows", tenant.slug)
    messages.success(request, _("%(name)s was restored. No application uses it yet.") % {"name": flow.name})
    for field in changed:
        messages.warning(request, str(NOT_AS_IT_WAS[field]))
    return redirect("portal:userflow", tenant.slug, flow.pk)


@tenant_page(needs=Need.FLOWS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def purge(request: PortalRequest, tenant: Tenant, deleted_flow_id: UUID) -> HttpResponse:
    """Forget a deleted user flow before its 30 days are over."""
    deleted = _deleted_or_404(deleted_flow_id)
    form = TypedNameForm(sent(request), name=deleted.name)
    if form.is_valid():
        with ProblemsShownAt(form):
            purge_user_flow(deleted, actor=request.actor)
            messages.success(request, _("%(name)s was permanently deleted.") % {"name": deleted.name})
            return redirect("portal:userflows", tenant.slug)
    return render(request, "portal/userflows/purge.html", {"form": form, "deleted": deleted})


def _deleted_or_404(flow_id: UUID) -> DeletedUserFlow:
    return get_object_or_404(DeletedUserFlow.objects.as_told(), pk=flow_id)
