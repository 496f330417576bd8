"""What is said to an administrator who has had an email sent."""

from django.contrib import messages
from django.utils.translation import gettext as _

from mail.sending.transports import keeps_messages
from portal_frame.pages import PortalRequest


def tell_mailed(request: PortalRequest, sent: str) -> None:
    """Say that it is on its way; or, as long as nothing leaves, where it stays instead."""
    if keeps_messages():
        messages.warning(request, _("No mail server is set up, so the email stays in the outbox and reaches no one."))
    else:
        messages.success(request, sent)
