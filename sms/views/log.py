"""What became of each text message."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.crypto.encryption import CannotUnseal
from portal_frame.access import Need
from portal_frame.lists import list_page, searched_for
from portal_frame.pages import PortalRequest, tenant_page
from sms.models import TextMessage
from sms.policies import OUTBOX
from sms.sealing import open_text
from sms.senders.description import describe
from tenants.models import Tenant

PAGE_SIZE = 25
KINDS = {"code": _("One-time code"), "phone": _("Code for a new number")}
TONES = {
    TextMessage.State.KEPT: "blue",
    TextMessage.State.SENT: "green",
    TextMessage.State.FAILED: "red",
    TextMessage.State.REFUSED: "yellow",
}


@dataclass(frozen=True)
class TextMessageRow:
    message: TextMessage
    kind: str
    tone: str


@tenant_page(needs=Need.OUTBOX_READ)
@require_safe
def messages(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The text messages of this tenant, the newest first."""
    query = searched_for(request)
    found = TextMessage.objects.filter(to__contains=query.replace(" ", "")) if query else TextMessage.objects.all()
    page = list_page(request, found, by="-created_at", size=PAGE_SIZE)
    context = {"tenant": tenant, "page": page, "rows": [_row(message) for message in page.rows], "query": query}
    return render(request, "portal/sms/messages.html", context)


@tenant_page(needs=Need.OUTBOX_READ)
@require_safe
def message(request: PortalRequest, tenant: Tenant, text_id: UUID) -> HttpResponse:
    """One of them, as whoever it is for would read it, if it is kept here."""
    found = get_object_or_404(TextMessage, pk=text_id)
    context = {"tenant": tenant, "row": _row(found), "message": found, "text": _text(found)}
    return render(request, "portal/sms/message.html", context)


def _row(message: TextMessage) -> TextMessageRow:
    tone = TONES.get(TextMessage.State(message.state), "")
    return TextMessageRow(message, str(KINDS.get(message.kind, message.kind)), tone)


def _text(message: TextMessage) -> str:
    """What a message says that stays here; what leaves is for whom it was written to alone."""
    if describe().sender != OUTBOX or message.state != TextMessage.State.KEPT or not message.sealed_text:
        return ""
    try:
        return open_text(message.sealed_text, message_id=message.pk)
    except CannotUnseal:
        return ""
