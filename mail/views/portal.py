from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from common.crypto.encryption import CannotUnseal
from frame.access import Need
from frame.lists import list_page, searched_for
from frame.pages import PortalRequest, tenant_page
from mail.bodies import Body, open_body
from mail.models import Message
from mail.transports import keeps_messages
from tenants.addressing import base_url
from tenants.models import Tenant

PAGE_SIZE = 25
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class MessageRow:
    message: Message
    subject: str
    tone: str


def outbox_page(view: View) -> View:
    """A page that exists only while messages are kept here instead of being sent."""

    @tenant_page(needs=Need.OUTBOX_READ)
    @require_safe
    @wraps(view)
    def page(request: PortalRequest, tenant: Tenant, *args: Any, **kwargs: Any) -> HttpResponse:
        if not keeps_messages():
            raise Http404
        return view(request, tenant, *args, **kwargs)

    return page


@outbox_page
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
        "sign_in_url": f"{base_url(tenant)}/sign-in/",
    }
    return render(request, "portal/outbox/list.html", context)


@outbox_page
def message(request: PortalRequest, tenant: Tenant, message_id: UUID) -> HttpResponse:
    """One message, as whoever it is for would read it."""
    found = get_object_or_404(Message, pk=message_id)
    context = {"tenant": tenant, "row": _row(found), "message": found, "body": _body(found)}
    return render(request, "portal/outbox/message.html", context)


@outbox_page
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
    return MessageRow(
        message, body.subject if body else "No longer readable", tones.get(Message.State(message.state), "")
    )


def _body(message: Message) -> Body | None:
    """What the message says; None once it has been emptied, or if the key that sealed it is gone."""
    try:
        return open_body(message.sealed_body, message_id=message.pk) if message.sealed_body else None
    except CannotUnseal:
        return None
