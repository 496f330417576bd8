"""List, create and change user flows."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.problems import Refused
from portal_frame.access import Need
from portal_frame.confirmation import say_with_undo
from portal_frame.forms import CHANGED_BEFORE_IT, ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.description import MAX_NAME
from userflows.flows.forms.flows import DuplicateForm, NewUserFlowForm, UserFlowForm
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.readiness import readiness_of
from userflows.flows.services import (
    DEFAULT_LAYOUT,
    MAX_USER_FLOWS,
    MAX_WITH_COPY,
    change_user_flow,
    create_user_flow,
    duplicate_user_flow,
)
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.models import UserFlow
from userflows.rows.deletion import DeletedUserFlow


@tenant_page(needs=Need.FLOWS_READ)
@require_safe
def user_flows(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    flows = UserFlow.objects.annotate(
        attribute_count=Count("attributes", distinct=True), application_count=Count("applications", distinct=True)
    )
    listed = list(flows.order_by("-is_default", "name").prefetch_related("attributes"))
    rows = list(readiness_of(listed, of_home=tenant.is_home).items())
    most = max(MAX_USER_FLOWS, len(rows))
    page = {"tenant": tenant, "rows": rows, "most": most, "deleted": list(DeletedUserFlow.objects.restorable())}
    return render(request, "portal/userflows/list.html", page)


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    form = NewUserFlowForm(sent(request), initial={"attributes": [row.attribute for row in DEFAULT_LAYOUT]})
    if form.is_valid():
        with ProblemsShownAt(form):
            flow = create_user_flow(
                name=form.cleaned_data["name"],
                methods=form.cleaned_data["methods"],
                asks_passkey=form.cleaned_data["asks_passkey"],
                allows_sign_up=form.cleaned_data["allows_sign_up"],
                takes_user_names=form.cleaned_data["takes_user_names"],
                finished_url=form.cleaned_data["finished_url"],
                attributes=tuple(AttributeLayout(name) for name in form.cleaned_data["attributes"]),
                actor=request.actor,
            )
            told = _("%(name)s was created. Next, choose how each attribute is asked for.")
            messages.success(request, told % {"name": flow.name})
            return redirect("portal:userflow-layout", tenant.slug, flow.pk)
    return render(request, "portal/userflows/create.html", {"form": form})


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def method(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    flow = flow_or_404(flow_id)
    shown = ("name", "methods", "asks_passkey", "allows_sign_up", "takes_user_names", "finished_url")
    kept = {name: getattr(flow, name) for name in shown}
    form = UserFlowForm(sent(request), kept=kept)
    if form.is_valid():
        with ProblemsShownAt(form):
            change_user_flow(flow, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("Saved. The next sign-in goes this way."))
            return redirect("portal:userflow", tenant.slug, flow.pk)
    number = UserFlow.objects.count()
    page = {
        "form": form,
        "readiness": readiness_of([flow], of_home=tenant.is_home)[flow],
        "has_room": number < MAX_WITH_COPY,
        "has_others": number > 1,
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/method.html", page)


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """A flow like this one under another name, to change and to try while customers go on with this one."""
    flow = flow_or_404(flow_id)
    name = _("Copy of %(name)s") % {"name": flow.name}
    form = DuplicateForm(sent(request), initial={"name": name[:MAX_NAME]})
    if form.is_valid():
        with ProblemsShownAt(form):
            copy = duplicate_user_flow(flow, name=form.cleaned_data["name"], actor=request.actor)
            told = _("%(name)s was created. No application uses it yet.")
            messages.success(request, told % {"name": copy.name})
            return redirect("portal:userflow", tenant.slug, copy.pk)
    return render(request, "portal/userflows/duplicate.html", {"form": form, "flow": flow})


@tenant_page(needs=Need.FLOWS_CHANGE, asks_for_proof=True)
@require_POST
def make_default(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Make this flow the default one: new applications use it from now on."""
    flow = flow_or_404(flow_id)
    before = UserFlow.objects.get(is_default=True)
    try:
        change_user_flow(flow, is_default=True, actor=request.actor)
    except Refused:
        messages.error(request, CHANGED_BEFORE_IT)
        return redirect("portal:userflow", tenant.slug, flow.pk)
    say_with_undo(
        request,
        _("%(name)s is now the default user flow. Existing applications keep theirs.") % {"name": flow.name},
        url=reverse("portal:userflow-make-default", args=[tenant.slug, before.pk]),
    )
    return redirect("portal:userflow", tenant.slug, flow.pk)
