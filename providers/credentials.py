"""How we prove to a provider who we are: a client secret of its making, one made anew of a key that it has given us
(Apple's way), or a key pair of ours (RFC 7523).
"""

import json
import secrets
import time
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey

from common.crypto.encryption import seal, unseal
from providers.models import IdentityProvider
from providers.policies import APPLE
from tenants.postgresql import current_schema

ALGORITHM, BY_SECRET = "ES256", "HS256"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60


def sealing_context(provider_id: str) -> str:
    """What a secret or private key is sealed for: this provider of this tenant."""
    return f"identity provider {current_schema()} {provider_id}"


def keep_secret(provider: IdentityProvider, secret: str) -> None:
    """Put a secret on the row, sealed, unsaved."""
    provider.sealed_secret = seal(secret.encode(), context=sealing_context(provider.pk))


def secret_of(provider: IdentityProvider) -> str:
    """The client secret. Raises `CannotUnseal`."""
    kept = unseal(provider.sealed_secret, context=sealing_context(provider.pk)).decode()
    return _secret_by_key(provider, kept) if provider.kind == APPLE else kept


def is_private_key(text: str) -> bool:
    """Whether this is a private key of P-256 in PEM, as Apple gives it."""
    try:
        return ECKey.import_key(text).is_private and ECKey.import_key(text).curve_name == "P-256"
    except (JoseError, ValueError, TypeError):
        return False


def _secret_by_key(provider: IdentityProvider, key: str) -> str:
    """A client secret for a minute: who we are, signed by Apple's key for us."""
    now = int(time.time())
    claims = {
        "iss": provider.team_id,
        "sub": provider.client_id,
        "aud": provider.issuer,
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
    }
    header = {"alg": ALGORITHM, "kid": provider.key_id}
    return jws.serialize_compact(header, json.dumps(claims), ECKey.import_key(key), algorithms=[ALGORITHM])


def make_key(provider: IdentityProvider) -> None:
    """Put a new key on the row, unsaved: its private half sealed, its public one to be published."""
    key = ECKey.generate_key("P-256", private=True)
    members = {"kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}
    provider.public_jwk = {**key.as_dict(private=False), **members}
    private = json.dumps(key.as_dict(private=True)).encode()
    provider.sealed_private_key = seal(private, context=sealing_context(provider.pk))


def assertion_for(provider: IdentityProvider, *, audience: str) -> str:
    """What proves to the audience, for a minute and once, that we hold the key. Raises `CannotUnseal`."""
    private: dict[str, Any] = json.loads(unseal(provider.sealed_private_key, context=sealing_context(provider.pk)))
    header = {"alg": ALGORITHM, "kid": provider.public_jwk["kid"], "typ": "JWT"}
    claims = json.dumps(_assertion(provider, audience))
    return jws.serialize_compact(header, claims, ECKey.import_key(private), algorithms=[ALGORITHM])


def assertion_by_secret(provider: IdentityProvider, *, audience: str) -> str:
    """The same of the client secret, which isn't sent (`client_secret_jwt`, Core section 9). Raises `CannotUnseal`."""
    header, claims = {"alg": BY_SECRET, "typ": "JWT"}, json.dumps(_assertion(provider, audience))
    return jws.serialize_compact(header, claims, OctKey.import_key(secret_of(provider)), algorithms=[BY_SECRET])


def _assertion(provider: IdentityProvider, audience: str) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": audience,
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
