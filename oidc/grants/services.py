from django.db import transaction

from applications.lookup.clients import RegisteredClient
from audit.services import Actor, record
from oidc.tokens.signed import AccessToken


def record_exchange(client: RegisteredClient, subject: AccessToken, *, audience: str) -> None:
    """Note that a token about a customer was exchanged. Access tokens aren't kept, so this is all that is written."""
    details = {"account": subject.subject, "issued_to": subject.client_id, "audience": audience}
    with transaction.atomic():
        record("tokens.exchanged", actor=Actor("application", client.client_id, client.name), details=details)
