"""Where a customer is signed in, and which applications they allow something: all of it, or what an option names."""

from typing import Any

from django.core.management.base import CommandError

from accounts.models import Account, Session
from accounts.sessions.store import BROWSER
from applications.models import Application
from commands.named import application_named
from oidc.consents.services import applications_of
from oidc.models import Consent


def places_of(account: Account) -> dict[str, Any]:
    """Each browser with the ID by which a command ends its session, and each application with access to the account."""
    consents = dict(Consent.objects.filter(account=account).values_list("application_id", "given_at"))
    return {
        "sessions": [
            {
                "id": session.sid,
                "browser": session.data.get(BROWSER, ""),
                "seen_at": session.seen_at.isoformat(),
                "client_ids": list(session.client_ids),
            }
            for session in Session.objects.of_account(account.pk).alive().exclude(sid="").order_by("-seen_at")
        ],
        "applications": [
            {
                "client_id": application.client_id,
                "name": application.name,
                "consented_at": consents[application.pk].isoformat() if application.pk in consents else None,
            }
            for application in applications_of(account)
        ],
    }


def application_allowed(account: Account, client_id: str) -> Application:
    """The application with this client ID, if it has access to the account. Raises `CommandError`."""
    application = application_named(client_id)
    if application not in applications_of(account):
        raise CommandError(
            f"{application.name} has no access to this account. `manage.py customer show` names those with."
        )
    return application
