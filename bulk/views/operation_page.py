"""What the pages of operations have in common."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from bulk.actions.services import undone_by
from bulk.chain import job_failed
from bulk.models import Kind, Operation, State
from bulk.services import is_stuck
from mail.sending.transports import keeps_messages
from portal_frame.access import Need
from portal_frame.pages import PortalRequest
from tenants.models import Tenant

TONES = {
    State.CHECKING: "blue",
    State.RUNNING: "blue",
    State.CHECKED: "yellow",
    State.UPLOADED: "yellow",
    State.UPLOADING: "yellow",
    State.DONE: "green",
    State.FAILED: "red",
}


def operation_or_404(request: PortalRequest, operation_id: UUID) -> Operation:
    """The operation, if whoever asks may see it: an import only whoever may import."""
    found = Operation.objects.filter(pk=operation_id).first()
    if found is None or (found.kind == Kind.IMPORT and Need.CUSTOMERS_IMPORT not in request.allowed):
        raise Http404
    return found


def url_of(tenant: Tenant, operation: Operation) -> str:
    """The page of an operation."""
    name = "portal:import" if operation.kind == Kind.IMPORT else "portal:operation"
    return reverse(name, args=[tenant.slug, operation.pk])


def progress(operation: Operation) -> dict[str, Any]:
    """How far it is, for a page that looks again every second while the worker is at it."""
    if operation.state == State.CHECKING:
        reached, whole = operation.position, operation.chosen["size"]
    else:
        reached, whole = operation.done + operation.unchanged + _failed_while_running(operation), operation.good
    return {
        "operation": operation,
        "tone": TONES.get(State(operation.state), ""),
        "reached": min(reached, whole),
        "whole": max(whole, 1),
        "percent": min(100, reached * 100 // max(whole, 1)),
        "is_stuck": is_stuck(operation),
        "job_failed": operation.is_at_work and job_failed(operation),
        "can_be_undone": operation.state == State.DONE and operation.done > 0 and undone_by(operation) is not None,
    }


def mails_stay(operation: Operation, *, mails: bool) -> bool:
    """Whether the emails that it is about to send, or sends just now, stay in the outbox."""
    return mails and (operation.state == State.CHECKED or operation.is_at_work) and keeps_messages()


def _failed_while_running(operation: Operation) -> int:
    """Lines that an import refuses were refused before it ran."""
    return 0 if operation.kind == Kind.IMPORT else operation.failed
