from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from common.crypto.encryption import CannotUnseal
from mail.bodies import Body, open_body
from mail.models import Message
from mail.sending.transports import keeps_messages
from portal_frame.access import Need
from portal_frame.lists import list_page, searched_for
from portal_frame.pages import PortalRequest, tenant_page
from tenants.addressing import base_url
from tenants.models import Tenant

PAGE_SIZE = 25
# What a message is about, where nobody reads here what it says.
SUBJECTS = {
    "account_exists": _("There is an account already"),
    "account_shut": _("Account blocked or deleted"),
    "address_changed": _("Email address changed"),
    "address_code": _("Code for a change of address"),
    "address_new": _("Email address changed"),
    "address_taken": _("Address that is in use already"),
    "address_undo": _("Email address changed, with a link to undo it"),
    "code": _("One-time code"),
    "data_ready": _("Copy of the customer’s data is ready"),
    "deletion": _("Account will be deleted"),
    "deletion_done": _("Account deleted"),
    "invitation": _("Invitation of an administrator"),
    "invitation_link": _("Invitation"),
    "passkey": _("Passkeys changed"),
    "password_changed": _("Password changed"),
    "password_link": _("Link to a new password"),
    "phone": _("Phone number changed"),
    "protection": _("Notice about an account"),
    "provider_linked": _("Identity provider linked"),
    "provider_unlinked": _("Identity provider unlinked"),
    "recovery": _("Lost second factors"),
    "second_factor": _("Second factors changed"),
    "welcome": _("Welcome"),
}


@dataclass(frozen=True)
class MessageRow:
    message: Message
    subject: str
    tone: str


@tenant_page(needs=Need.OUTBOX_READ)
@require_safe
def outbox(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The messages of this tenant, the newest first."""
    query = searched_for(request)
    found = Message.objects.filter(to__icontains=query) if query else Message.objects.all()
    page = list_page(request, found, by="-created_at", size=PAGE_SIZE)
    context = {
        "tenant": tenant,
        "page": page,
        "rows": [_row(message) for message in page.rows],
        "query": query,
        "is_kept_here": keeps_messages(),
        "sign_in_url": f"{base_url(tenant)}/sign-in/",
    }
    return render(request, "portal/outbox/list.html", context)


@tenant_page(needs=Need.OUTBOX_READ)
@require_safe
def message(request: PortalRequest, tenant: Tenant, message_id: UUID) -> HttpResponse:
    """One message, as whoever it is for would read it."""
    found = get_object_or_404(Message, pk=message_id)
    context = {
        "tenant": tenant,
        "row": _row(found),
        "message": found,
        "body": _body(found),
        "is_kept_here": keeps_messages(),
    }
    return render(request, "portal/outbox/message.html", context)


@tenant_page(needs=Need.OUTBOX_READ)
@require_safe
@xframe_options_sameorigin
def message_html(_request: PortalRequest, tenant: Tenant, message_id: UUID) -> HttpResponse:
    """The HTML of a message on its own, for the frame: it may show images and its own styles, and nothing else."""
    body = _body(get_object_or_404(Message, pk=message_id))
    if body is None or not body.html:
        raise Http404
    policy = (
        f"default-src 'none'; img-src 'self' {base_url(tenant)}/ data:; style-src 'unsafe-inline'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return HttpResponse(body.html, headers={"Content-Security-Policy": policy})


def _row(message: Message) -> MessageRow:
    body = _body(message)
    tones = {Message.State.KEPT: "blue", Message.State.SENT: "green", Message.State.FAILED: "red"}
    subject = body.subject if body else str(SUBJECTS.get(message.kind, _("Email")))
    return MessageRow(message, subject, tones.get(Message.State(message.state), ""))


def _body(message: Message) -> Body | None:
    """What a message that is kept here says; None once it has been emptied, or if the key that sealed it is gone.

    What waits for a mail server, or was given up, is for whom it was written to alone.
    """
    if not keeps_messages() or not message.sealed_body:
        return None
    try:
        return open_body(message.sealed_body, message_id=message.pk)
    except CannotUnseal:
        return None
