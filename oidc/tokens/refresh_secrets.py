"""The value of a refresh token: the family it belongs to, and the secret of the moment."""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings

from oidc.wire.encoding import base64url

REFRESH_SEPARATOR = "."
SECRET_BYTES = 32


def new_secret() -> str:
    """256 random bits, of which a digest is kept."""
    return secrets.token_urlsafe(SECRET_BYTES)


def split_refresh_token(value: str) -> tuple[UUID, str] | None:
    """The family and the secret of a refresh token; None if it isn't one."""
    family, _, secret = value.partition(REFRESH_SEPARATOR)
    try:
        return (UUID(hex=family), secret) if len(family) == 32 and secret else None
    except ValueError:
        return None


def successor_of(secret: str, *, family: UUID) -> str:
    """The secret that follows upon this one, so that a client whose answer was lost can be given it again.

    Nobody finds it without the installation's secret key, and it is never kept.
    """
    key = hmac.digest(settings.SECRET_KEY.encode(), b"refresh tokens", hashlib.sha256)
    return base64url(hmac.digest(key, family.bytes + secret.encode(), hashlib.sha256))


def join_refresh_token(family: UUID, secret: str) -> str:
    """The value a client is given."""
    return f"{family.hex}{REFRESH_SEPARATOR}{secret}"
