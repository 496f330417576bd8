"""Which attributes a flow collects, how its page asks for them, and the tenant's custom attributes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity.services.attributes import define_custom_attribute, describe_custom_attribute
from accounts.models import CustomAttribute
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.confirmation import TypedNameForm, is_confirmed, say_with_undo
from portal_frame.forms import CHANGED_MEANWHILE, ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.collectable import collectable_attributes
from userflows.flows.forms.flows import AskedAttributesForm, CustomAttributeForm, DescriptionForm
from userflows.flows.forms.layout import edited, editor_rows, layout_from, problems_by_row, without_empty_options
from userflows.flows.forms.removed import removed_settings
from userflows.flows.layouts.content import rows_of, seen_as
from userflows.flows.layouts.versions import draft_of
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.removal import delete_attribute_everywhere
from userflows.flows.views.drafts import AS_DRAFT, draft_frame, keep_layout
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.flows.views.words import languages_of
from userflows.models import FlowAttribute, UserFlow


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def collected(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Tick the attributes to collect. Those that stay keep their layout, new ones go to its end.

    The layout of those that go is lost, which is said before.
    """
    flow = flow_or_404(flow_id)
    layout = draft_of(flow)
    rows = rows_of(layout, flow)
    form = AskedAttributesForm(
        sent(request), kept={"attributes": [row.attribute for row in rows]}, version=seen_as(layout)
    )
    is_final = form.is_valid() and AS_DRAFT not in request.POST
    consequences = removed_settings(rows, wanted=form.cleaned_data["attributes"]) if is_final else []
    if form.is_valid() and is_confirmed(request, consequences):
        with ProblemsShownAt(form):
            told = _("Published. How each attribute is asked for is on the page layout.")
            collected_now = _collected(layout, form.cleaned_data["attributes"])
            keep_layout(request, flow, collected_now, seen=form.current, told=told)
            return redirect("portal:userflow-attributes", tenant.slug, flow.pk)
    page = {"form": form, "consequences": consequences, **draft_frame(tenant, flow)}
    return render(request, "portal/userflows/attributes.html", {**page, **flow_frame(request, tenant, flow)})


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def page_layout(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Label, order and input type of each attribute. The small buttons change what is shown; only the large ones save,
    as a draft or for customers to see.
    """
    flow = flow_or_404(flow_id)
    if request.method != "POST":
        return _layout_page(request, tenant, flow, draft_of(flow))
    layout = layout_from(request.POST)
    changed = edited(layout, request.POST)
    if changed is not None:
        return _layout_page(request, tenant, flow, changed, is_unsaved=True)
    seen = _seen(flow)
    if request.POST.get("seen", seen) != seen:
        return _layout_page(request, tenant, flow, layout, problems={"": str(CHANGED_MEANWHILE)})
    try:
        told = _("Saved. Customers see the new page from now on.")
        keep_layout(request, flow, without_empty_options(layout), seen=seen, told=told)
    except Refused as refusal:
        return _layout_page(request, tenant, flow, layout, problems=problems_by_row(refusal))
    return redirect("portal:userflow-layout", tenant.slug, flow.pk)


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def custom_attributes(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    form = CustomAttributeForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            attribute = define_custom_attribute(**form.cleaned_data, actor=request.actor)
            told = _("%(name)s was defined. Tick it in a user flow to ask customers for it.")
            messages.success(request, told % {"name": attribute.name})
            return redirect("portal:custom-attributes", tenant.slug)
    page = {"form": form, "attributes": _attributes_with_flows()}
    return render(request, "portal/userflows/custom_attributes.html", page)


@tenant_page(needs=Need.FLOWS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def custom_attribute(request: PortalRequest, tenant: Tenant, attribute_id: UUID) -> HttpResponse:
    """What an attribute is for. Its name and data type stand in tokens and values, so they stay."""
    attribute = get_object_or_404(CustomAttribute, pk=attribute_id)
    form = DescriptionForm(sent(request), kept={"description": attribute.description})
    if form.is_valid():
        with ProblemsShownAt(form):
            describe_custom_attribute(attribute, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("%(name)s is saved.") % {"name": attribute.name})
            return redirect("portal:custom-attributes", tenant.slug)
    return render(request, "portal/userflows/custom_attribute.html", {"form": form, "attribute": attribute})


@tenant_page(needs=Need.FLOWS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_attribute(request: PortalRequest, tenant: Tenant, attribute_id: UUID) -> HttpResponse:
    attribute = get_object_or_404(CustomAttribute, pk=attribute_id)
    form = TypedNameForm(sent(request), name=attribute.name)
    if form.is_valid():
        with ProblemsShownAt(form):
            was_asked_for = delete_attribute_everywhere(attribute, actor=request.actor)
            told = _("%(name)s was deleted.") % {"name": attribute.name}
            if was_asked_for:
                messages.success(request, told)
            else:
                names = ("name", "data_type", "description", "is_unique")
                fields = {name: getattr(attribute, name) for name in names}
                say_with_undo(request, told, url=reverse("portal:custom-attributes", args=[tenant.slug]), fields=fields)
            return redirect("portal:custom-attributes", tenant.slug)
    flows = UserFlow.objects.filter(attributes__attribute=attribute.name)
    page = {"form": form, "attribute": attribute, "flows": list(flows)}
    return render(request, "portal/userflows/delete_attribute.html", page)


def _collected(layout: Sequence[AttributeLayout], wanted: Sequence[str]) -> list[AttributeLayout]:
    """The layout with these attributes alone, new ones at its end."""
    staying = [row for row in layout if row.attribute in wanted]
    added = [AttributeLayout(name) for name in wanted if name not in {row.attribute for row in staying}]
    return [*staying, *added]


def _general(problems: Mapping[str, str] | None) -> list[str]:
    """Those that belong to no row."""
    return [problem for key, problem in (problems or {}).items() if "." not in key]


def _seen(flow: UserFlow) -> str:
    return seen_as(draft_of(flow))


def _layout_page(
    request: PortalRequest,
    tenant: Tenant,
    flow: UserFlow,
    layout: Sequence[AttributeLayout],
    *,
    problems: Mapping[str, str] | None = None,
    is_unsaved: bool = False,
) -> HttpResponse:
    rows = editor_rows(layout, collectable_attributes(), problems)
    # While a page is edited step by step, it stays about the state it was opened with.
    seen = request.POST.get("seen", "") if is_unsaved else _seen(flow)
    page = {
        **draft_frame(tenant, flow),
        "rows": rows,
        "problems": problems,
        "general_problems": _general(problems),
        "is_unsaved": is_unsaved,
        "seen": seen,
        **languages_of(tenant, flow),
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/layout.html", page)


def _attributes_with_flows() -> list[dict[str, Any]]:
    used: dict[str, list[UserFlow]] = {}
    for row in FlowAttribute.objects.select_related("user_flow"):
        used.setdefault(row.attribute, []).append(row.user_flow)
    return [
        {"attribute": attribute, "flows": used.get(attribute.name, [])} for attribute in CustomAttribute.objects.all()
    ]
