"""The nonces that proofs carry (RFC 9449 section 8)."""

import hashlib
import hmac
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from oidc.wire.encoding import base64url
from tenants.postgresql import current_schema

# A nonce is good for this long, and for as long again.
NONCE_LIFETIME = timedelta(minutes=2)


def nonce_at(moment: datetime) -> str:
    """The nonce that this tenant hands out at a moment. Nothing is kept: it follows from the installation's key."""
    turn = int(moment.timestamp() // NONCE_LIFETIME.total_seconds())
    schema = current_schema()
    return base64url(hmac.digest(_nonce_key(settings.SECRET_KEY), f"{schema} {turn}".encode(), hashlib.sha256)[:16])


@lru_cache(maxsize=2)
def _nonce_key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"DPoP nonces", hashlib.sha256)
