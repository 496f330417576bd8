"""The keys that sign seals: derived from the encryption keys, so that none is in the database.

Each key of `CIAM_ENCRYPTION_KEYS` has its Ed25519 key (RFC 8032), by HKDF (RFC 5869). The public half may be given to
whoever checks seals and shall not be able to make any.
"""

import base64
import binascii
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"ciam portal: seals of the log"


def is_known(key_id: str) -> bool:
    """Whether the key is among those of this installation."""
    return key_id in settings.CIAM_ENCRYPTION_KEYS


def sign(said: bytes, *, key_id: str) -> str:
    """The signature of what a seal says, as base64."""
    return base64.b64encode(_key(settings.CIAM_ENCRYPTION_KEYS[key_id]).sign(said)).decode()


def is_signed(said: bytes, signature: str, *, key_id: str) -> bool:
    """Whether this key, which has to be known, has signed what a seal says."""
    try:
        _key(settings.CIAM_ENCRYPTION_KEYS[key_id]).public_key().verify(base64.b64decode(signature), said)
    except (InvalidSignature, binascii.Error):
        return False
    return True


def public_key(key_id: str) -> str:
    """The 32 bytes by which others check signatures of this key, as base64."""
    return base64.b64encode(_key(settings.CIAM_ENCRYPTION_KEYS[key_id]).public_key().public_bytes_raw()).decode()


@cache
def _key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret))
