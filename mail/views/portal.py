from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from common.encryption import CannotUnseal
from frame.admission import PortalRequest, tenant_page
from frame.lists import searched_for
from mail.bodies import Body, open_body
from mail.models import Message
from mail.transports import current_transport
from tenants.addressing import base_url
from tenants.models import Tenant

PAGE_SIZE = 25
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Row:
    message: Message
    subject: str
    tone: str


def outbox_page(view: View) -> View:
    """A page that exists only while messages are kept here instead of being sent."""

    @tenant_page
    @require_safe
    @wraps(view)
    def page(request: PortalRequest, tenant: Tenant, *args: Any, **kwargs: Any) -> HttpResponse:
        if not current_transport().keeps_messages:
            raise Http404
        return view(request, tenant, *args, **kwargs)

    return page


@outbox_page
def outbox(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The messages of this tenant, the newest first."""
    query = searched_for(request)
    page = list(_page(query, before=request.GET.get("before", ""))[: PAGE_SIZE + 1])
    next_parameters = {"q": query, "before": page[PAGE_SIZE - 1].pk} if len(page) > PAGE_SIZE else {}
    context = {
        "tenant": tenant,
        "rows": [_row(message) for message in page[:PAGE_SIZE]],
        "query": query,
        "first_url": f"{request.path}?{urlencode({'q': query})}" if request.GET.get("before") else "",
        "next_url": f"{request.path}?{urlencode(next_parameters)}" if next_parameters else "",
        "sign_up_url": f"{base_url(tenant)}/sign-up/",
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


def _page(query: str, *, before: str) -> QuerySet[Message]:
    """Those older than the message with this ID. A made-up ID is a page that doesn't exist."""
    messages = Message.objects.filter(to__icontains=query) if query else Message.objects.all()
    messages = messages.order_by("-created_at", "-pk")
    if not before:
        return messages
    try:
        last = Message.objects.get(pk=UUID(before))
    except (ValueError, Message.DoesNotExist) as error:
        raise Http404 from error
    return messages.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))


def _row(message: Message) -> Row:
    body = _body(message)
    tones = {Message.State.KEPT: "blue", Message.State.SENT: "green", Message.State.FAILED: "red"}
    return Row(message, body.subject if body else "No longer readable", tones.get(Message.State(message.state), ""))


def _body(message: Message) -> Body | None:
    """What the message says; None once it has been emptied, or if the key that sealed it is gone."""
    try:
        return open_body(message.sealed_body, message_id=message.pk) if message.sealed_body else None
    except CannotUnseal:
        return None
