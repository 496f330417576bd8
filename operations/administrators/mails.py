"""The mail that asks somebody to manage a tenant: in the look of the home tenant, where administrators sign in."""

from django.conf import settings
from django.urls import reverse

from accounts.models import Account
from portal_frame.roles import translated_name_of
from tenants.addressing import base_url
from tenants.lookup import home_tenant
from tenants.models import Invitation
from userflows.journeys.messages.mails import send_in_look


def mail_invitation(invitation: Invitation, *, token: str, days: int) -> None:
    """Send it, in the language of the account with this address, or in the installation's. Serves the home tenant."""
    account = Account.objects.with_email(invitation.email).first()
    home = home_tenant()
    address = base_url(home) if home else settings.CIAM_BASE_URL
    context = {
        "managed_name": invitation.tenant.name,
        "role": translated_name_of(invitation.role),
        "invited_by": invitation.invited_by_name,
        "link": address + reverse("invitation:link", args=[token], urlconf=settings.HOME_URLCONF),
        "days": days,
    }
    language = (account.language if account else "") or settings.LANGUAGE_CODE
    send_in_look("invitation", to=invitation.email, language=language, context=context)
