"""The value of a client secret and what is kept of it.

A value has 256 random bits, so a fast keyed digest protects it as well as a slow one would, and costs a token request
nothing. The key follows from the installation's secret key; the client ID is part of what is digested, so that a
digest copied to another application opens nothing.
"""

import hmac
import secrets
from functools import lru_cache

from django.conf import settings

# A prefix by which scanners for leaked credentials recognise it.
PREFIX = "cs_"
SECRET_BYTES = 32
HINT_LENGTH = len(PREFIX) + 4


def new_secret_value() -> str:
    """A value to hand out once."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest_of_secret(value: str, *, client_id: str) -> str:
    """What is kept of a value: 64 hexadecimal digits."""
    return hmac.digest(_key(settings.SECRET_KEY), f"{client_id}:{value}".encode(), "sha256").hex()


@lru_cache(maxsize=2)
def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"client secrets", "sha256")
