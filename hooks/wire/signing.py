"""How a receiver knows that a request is ours, and new: the headers of Standard Webhooks (standardwebhooks.com, 1.0.0).

The secret is kept sealed, for this hook alone.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

from common.crypto.encryption import seal, unseal, unseal_while_exchanged
from hooks.models import Hook
from tenants.postgresql import current_schema

PREFIX = "whsec_"
SECRET_BYTES = 32
OURS = frozenset({"webhook-id", "webhook-timestamp", "webhook-signature", "accept"})


def new_secret() -> str:
    """256 random bits, as libraries for Standard Webhooks take them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def new_message_id() -> str:
    """A name for one request, the same at each try: who has seen it has done it."""
    return f"msg_{secrets.token_hex(12)}"


def seal_secret(secret: str, *, hook_id: UUID) -> str:
    """The secret for its place in the database."""
    return seal(secret.encode(), context=sealing_context(hook_id))


def secrets_of(hook: Hook) -> list[str]:
    """The secrets that sign now: today's, and while they are exchanged the one before, if its key is there still.

    Raises `CannotUnseal` for today's.
    """
    return unseal_while_exchanged(
        hook.sealed_secret,
        hook.sealed_old_secret,
        old_until=hook.old_secret_until,
        context=sealing_context(hook.pk),
    )


def header_of(hook: Hook) -> dict[str, str]:
    """The header that is sent beside the signatures, if there is one. Raises `CannotUnseal`."""
    if not hook.header:
        return {}
    return {hook.header: unseal(hook.sealed_header, context=header_context(hook.pk)).decode()}


def seal_header(value: str, *, hook_id: UUID) -> str:
    """The value of that header for its place in the database; "" stays what it is."""
    return seal(value.encode(), context=header_context(hook_id)) if value else ""


def header_context(hook_id: UUID) -> str:
    """What the value of a header is sealed for."""
    return f"header of hook {current_schema()} {hook_id}"


def sealing_context(hook_id: UUID) -> str:
    """What a secret is sealed for: this hook of this tenant."""
    return f"hook {current_schema()} {hook_id}"


def signed_headers(body: bytes, *, message_id: str, at: int, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers. `at` is in seconds since 1970; a receiver refuses what is older than some minutes."""
    signed = f"{message_id}.{at}.".encode() + body
    signatures = (hmac.digest(_key_of(secret), signed, hashlib.sha256) for secret in secrets)
    told = " ".join(f"v1,{base64.b64encode(signature).decode()}" for signature in signatures)
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": told}


def _key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
