"""The secret by which a web-hook's receiver knows that a call is ours; kept sealed, for this destination alone."""

import secrets
from contextlib import suppress
from uuid import UUID

from django.utils import timezone

from common.crypto.encryption import CannotUnseal, seal, unseal
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
    context = sealing_context(destination.pk)
    found = [unseal(destination.sealed_secret, context=context).decode()] if destination.sealed_secret else []
    until = destination.old_secret_until
    if destination.sealed_old_secret and until is not None and until > timezone.now():
        # It may have been exchanged because its key is gone.
        with suppress(CannotUnseal):
            found.append(unseal(destination.sealed_old_secret, context=context).decode())
    return found


def sealing_context(destination_id: UUID) -> str:
    """What a secret is sealed for: this destination of this tenant."""
    return f"log destination {current_schema()} {destination_id}"
