"""What a customer is sent to a provider with, and how its answer is known to belong to that (RFC 9700 section 2.1).

A request has a state of 256 random bits, of which we keep a digest. What else has to come back with the answer, nonce
and PKCE verifier, is made of the state by a key of ours: nothing that anybody reads in the database redeems a code.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from common.crypto.digests import digest_of
from providers.models import IdentityProvider
from providers.relying_party.documents import Metadata

STATE_BYTES = 32


@dataclass(frozen=True)
class Challenge:
    """What one request is bound by. `secret` goes to the provider and back, within its state."""

    secret: str

    @classmethod
    def new(cls) -> "Challenge":
        """One that nobody can guess."""
        return cls(secrets.token_urlsafe(STATE_BYTES))

    @property
    def digest(self) -> str:
        """What is kept of it."""
        return digest_of(self.secret)

    @property
    def nonce(self) -> str:
        """What the ID token has to repeat."""
        return self._made_for("nonce")

    @property
    def verifier(self) -> str:
        """What redeems the code, and nobody but us can make (RFC 7636)."""
        return self._made_for("verifier")

    def _made_for(self, what: str) -> str:
        key, said = settings.SECRET_KEY.encode(), f"identity provider {what}:{self.secret}".encode()
        return _base64url(hmac.new(key, said, hashlib.sha256).digest())


def authorization_url(
    provider: IdentityProvider,
    metadata: Metadata,
    *,
    redirect_uri: str,
    state: str,
    challenge: Challenge,
    login_hint: str = "",
    ui_locales: str = "",
    prompt: str = "",
) -> str:
    """Where to send the browser: the provider's own address, with the request (OpenID Connect Core section 3.1.2.1)."""
    asked: Mapping[str, str] = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": challenge.nonce,
        "code_challenge": _base64url(hashlib.sha256(challenge.verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "login_hint": login_hint,
        "ui_locales": ui_locales,
        "prompt": prompt,
    }
    between = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{between}{urlencode({k: v for k, v in asked.items() if v})}"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
