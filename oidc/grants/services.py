from django.db import transaction

from applications.lookup.clients import RegisteredClient
from audit.services import Actor, Circumstances, record
from oidc.tokens.signed import AccessToken


def record_exchange(client: RegisteredClient, subject: AccessToken, *, audience: str) -> None:
    """Note that a token about a customer was exchanged. Access tokens aren't kept, so this is all that is written."""
    with transaction.atomic():
        record(
            "tokens.exchanged",
            actor=Actor("application", client.client_id, client.name),
            circumstances=Circumstances(account_id=subject.account_id),
            details={"issued_to": subject.client_id, "audience": audience},
        )
