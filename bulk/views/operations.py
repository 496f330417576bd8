"""Bulk operations: which there are, how far one is, and what can be done about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from bulk.actions.failures import failures_as_csv, failures_of
from bulk.actions.services import begin_action, first_chosen, group_of, undo
from bulk.actions.verbs import VERBS
from bulk.chain import need_of
from bulk.forms.actions import CountForm, form_about
from bulk.models import Kind, Operation, State
from bulk.services import cancel, go_on
from bulk.views.operation_page import TONES, mails_stay, operation_or_404, progress, url_of
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.downloads import streamed
from portal_frame.forms import show_problems
from portal_frame.lists import list_page
from portal_frame.pages import PortalRequest, tenant_page, way_to_proof
from tenants.models import Tenant

PAGE_SIZE = 25
SHOWN_FIRST = 10
FAILED_SHOWN = 20


@tenant_page(needs=Need.CUSTOMERS_READ)
@require_safe
def operations(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """What was done to many customers at once, the newest first."""
    may_import = Need.CUSTOMERS_IMPORT in request.allowed
    found = Operation.objects.all() if may_import else Operation.objects.actions()
    shown = list_page(request, found, by="-created_at", size=PAGE_SIZE)
    page = {
        "page": shown,
        "rows": [(each, url_of(tenant, each), TONES.get(State(each.state), "")) for each in shown.rows],
        "may_import": may_import,
        "may_export": Need.CUSTOMERS_EXPORT in request.allowed,
    }
    return render(request, "portal/bulk/list.html", page)


@tenant_page(needs=Need.CUSTOMERS_READ)
@require_safe
def one(request: PortalRequest, tenant: Tenant, operation_id: UUID) -> HttpResponse:
    """An action: whom it is about before it begins, how far it is, and what became of it."""
    found = operation_or_404(request, operation_id)
    if found.kind == Kind.IMPORT:
        return redirect("portal:import", tenant.slug, found.pk)
    if request.htmx and not found.is_at_work:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return _page(request, found, form_about(found))


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def start(request: PortalRequest, tenant: Tenant, operation_id: UUID) -> HttpResponse:
    """Have it done, once whoever asks has said how, and has typed how many are meant."""
    found = operation_or_404(request, operation_id)
    if found.kind == Kind.IMPORT or need_of(found.kind) not in request.allowed:
        raise Http404
    form = form_about(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    if VERBS[Kind(found.kind)].asks_for_proof and (detour := way_to_proof(request)):
        return detour
    try:
        begin_action(found, actor=request.actor, **form.said())
    except Refused as refusal:
        if all(problem.field in form.fields for problem in refusal.problems):
            show_problems(form, refusal)
            return _page(request, found, form)
        messages.warning(request, " ".join(refusal.messages))
    return redirect(url_of(tenant, found))


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def cancel_it(request: PortalRequest, tenant: Tenant, operation_id: UUID) -> HttpResponse:
    """Stop it where it stands."""
    found = operation_or_404(request, operation_id)
    if _tell_if_refused(request, lambda: cancel(found, actor=request.actor)):
        messages.success(request, _("Cancelled. What was done before stays done."))
    return redirect(url_of(tenant, found))


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def continue_it(request: PortalRequest, tenant: Tenant, operation_id: UUID) -> HttpResponse:
    """Resume an operation."""
    found = operation_or_404(request, operation_id)
    go_on(found)
    return redirect(url_of(tenant, found))


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def undo_it(request: PortalRequest, tenant: Tenant, operation_id: UUID) -> HttpResponse:
    """Choose those it has changed for the action that takes it back."""
    found = operation_or_404(request, operation_id)
    try:
        undoing = undo(found, actor=request.actor)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect(url_of(tenant, found))
    return redirect(url_of(tenant, undoing))


@tenant_page(needs=Need.CUSTOMERS_READ)
@require_safe
def failed(request: PortalRequest, tenant: Tenant, operation_id: UUID) -> HttpResponse:
    """Those to whom it couldn't be done, and why, as a file."""
    found = operation_or_404(request, operation_id)
    return streamed(tenant, failures_as_csv(found.pk), file_name=f"failed-{found.created_at:%Y-%m-%d}.csv")


def _page(request: PortalRequest, found: Operation, form: CountForm) -> HttpResponse:
    page = {
        **progress(found),
        "verb": VERBS[Kind(found.kind)],
        "mail_stays": mails_stay(found, mails=VERBS[Kind(found.kind)].mails),
        "may_begin": need_of(found.kind) in request.allowed,
        "group": group_of(found),
        "form": form,
        "first": first_chosen(found, SHOWN_FIRST) if found.state == State.CHECKED else [],
        "more": max(0, found.total - SHOWN_FIRST),
        "failures": failures_of(found.pk, most=FAILED_SHOWN) if found.failed else [],
    }
    return render(request, "portal/bulk/action.html", page)


def _tell_if_refused(request: PortalRequest, do: Callable[[], object]) -> bool:
    """Do it; what is refused is told on the next page. Returns whether it was done."""
    try:
        do()
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return False
    return True
