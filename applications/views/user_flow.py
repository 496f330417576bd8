"""Which applications use a user flow: pages of the flow, told from up here because applications name flows."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.user_flow import AssignmentForm, ReplacementForm
from applications.models import Application
from applications.services.user_flow import assign_user_flow, replace_user_flow
from branding.words.in_force import are_words_published
from hooks.models import Hook
from portal_frame.access import Need
from portal_frame.confirmation import say_with_undo
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.models import UserFlow


@tenant_page(needs=Need.APPLICATIONS_READ | Need.FLOWS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def applications_of_flow(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    flow = flow_or_404(flow_id)
    form = AssignmentForm(sent(request), flow=flow)
    if form.is_valid():
        chosen = list(form.cleaned_data["applications"])
        names = ", ".join(application.label for application in chosen)
        with ProblemsShownAt(form):
            assign_user_flow(flow, applications=chosen, actor=request.actor)
            messages.success(
                request,
                _("%(names)s will use %(flow)s.") % {"names": names, "flow": flow.name},
            )
            return redirect("portal:userflow-applications", tenant.slug, flow.pk)
    page = {
        "form": form,
        "applications": list(Application.objects.filter(user_flow=flow).told_apart()),
        **flow_frame(request, tenant, flow),
    }
    return render(request, "portal/userflows/applications.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE | Need.FLOWS_CHANGE)
@require_safe
def instead(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Whose place a flow shall take: straight on where only one other is in use."""
    flow = flow_or_404(flow_id)
    in_use = Q(is_default=True) | Q(application_count__gt=0)
    counted = UserFlow.objects.exclude(pk=flow.pk).annotate(application_count=Count("applications"))
    others = list(counted.filter(in_use).order_by("-is_default", "name"))
    if len(others) == 1:
        return redirect("portal:userflow-instead-of", tenant.slug, flow.pk, others[0].pk)
    return render(request, "portal/userflows/instead.html", {"flow": flow, "others": others})


@tenant_page(needs=Need.APPLICATIONS_CHANGE | Need.FLOWS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def instead_of(request: PortalRequest, tenant: Tenant, flow_id: UUID, other_flow_id: UUID) -> HttpResponse:
    """Put a flow that was tried in the place of another one; the same the other way round undoes it."""
    flow, other = flow_or_404(flow_id), flow_or_404(other_flow_id)
    if flow == other:
        raise Http404
    form = ReplacementForm(sent(request), instead_of=other)
    if form.is_valid():
        with ProblemsShownAt(form):
            moved, is_default = replace_user_flow(
                other,
                by=flow,
                applications=form.cleaned_data.get("applications", ()),
                moves_default=form.cleaned_data.get("moves_default", False),
                actor=request.actor,
            )
            told = _("From now on, %(flow)s is used instead of %(other)s.") % {"flow": flow.name, "other": other.name}
            say_with_undo(
                request,
                told,
                url=reverse("portal:userflow-instead-of", args=[tenant.slug, other.pk, flow.pk]),
                fields={"applications": [each.pk for each in moved], "moves_default": is_default},
            )
            return redirect("portal:userflow-applications", tenant.slug, flow.pk)
    # Of hooks that name user flows, those that are asked for the other one alone.
    hooks = Hook.objects.filter(is_on=True, serves__contains=[str(other.pk)])
    page = {
        "form": form,
        "flow": flow,
        "other": other,
        "hooks": list(hooks.exclude(serves__contains=[str(flow.pk)])),
        "words_wait": not are_words_published(flow.pk),
    }
    return render(request, "portal/userflows/instead_of.html", page)
