"""The secret by which a web-hook's receiver knows that a call is ours; kept sealed, for this destination alone."""

import secrets
from uuid import UUID

from common.crypto.encryption import seal, unseal_while_exchanged
from logs.models import Destination
from tenants.postgresql import current_schema


def new_secret() -> str:
    """256 random bits, in characters that fit into any configuration."""
    return secrets.token_urlsafe(32)


def seal_secret(secret: str, *, destination_id: UUID) -> str:
    """The secret for its place in the database."""
    return seal(secret.encode(), context=sealing_context(destination_id))


def secrets_of(destination: Destination) -> list[str]:
    """The secrets that sign now: today's, and while they are exchanged the one before, if its key is there still.

    Raises `CannotUnseal` for today's.
    """
    return unseal_while_exchanged(
        destination.sealed_secret,
        destination.sealed_old_secret,
        old_until=destination.old_secret_until,
        context=sealing_context(destination.pk),
    )


def sealing_context(destination_id: UUID) -> str:
    """What a secret is sealed for: this destination of this tenant."""
    return f"log destination {current_schema()} {destination_id}"
