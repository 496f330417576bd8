"""Encryption at rest, with keys that live outside the database.

A sealed value carries the ID of its key, so keys can be rotated: the first key in `CIAM_ENCRYPTION_KEYS` seals,
every key listed opens. The context (such as "signing key t_abc k1") is authenticated along with the value:
a sealed value copied to another row or another tenant doesn't open.
"""

import base64
import binascii
import os
from contextlib import suppress
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

NONCE_BYTES = 12


class CannotUnseal(Exception):
    """The value was sealed in another context, under a key that is gone, or was changed since."""


def seal(value: bytes, *, context: str) -> str:
    """Encrypt `value` (AES-256-GCM) for this context; the result is ASCII: key ID, a dot, base64url."""
    key_id = first_key_id()
    key = settings.CIAM_ENCRYPTION_KEYS[key_id]
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, value, context.encode())
    return f"{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str, *, context: str) -> bytes:
    """The value that `seal` was given. Raises `CannotUnseal`."""
    key_id, _, encoded = sealed.partition(".")
    key = settings.CIAM_ENCRYPTION_KEYS.get(key_id)
    if key is None:
        raise CannotUnseal(
            f"The encryption key {key_id!r} isn't in CIAM_ENCRYPTION_KEYS. Put it back, and take it out only after "
            "`manage.py reseal`."
        )
    try:
        raw = base64.urlsafe_b64decode(encoded)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise CannotUnseal("The value was changed, or was sealed for another place.") from error


def unseal_while_exchanged(sealed: str, old: str, *, old_until: datetime | None, context: str) -> list[str]:
    """The texts that count now: today's, if there is one, and until that moment the one before, if its key is there.

    Raises `CannotUnseal` for today's.
    """
    found = [unseal(sealed, context=context).decode()] if sealed else []
    if old and old_until is not None and old_until > timezone.now():
        # It may have been exchanged because its key is gone.
        with suppress(CannotUnseal):
            found.append(unseal(old, context=context).decode())
    return found


def first_key_id() -> str:
    """The ID of the key that seals."""
    return next(iter(settings.CIAM_ENCRYPTION_KEYS))
