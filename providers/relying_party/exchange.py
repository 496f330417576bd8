"""What goes to a provider and what comes back, whatever it speaks: a request, an answer, and who has come.

A request has a state of 256 random bits, of which we keep a digest. What else has to come back with the answer, such as
nonce and PKCE verifier, is made of the state by a key of ours: nothing that anybody reads in the database redeems a
code (RFC 9700 section 2.1).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from accounts.attributes import EMAIL
from common.crypto.digests import digest_of
from common.text.email_address import MAX_EMAIL, is_plain_address, written_address
from providers.models import IdentityProvider
from providers.policies import vouches_for

STATE_BYTES = 32
MAX_VALUE = 1024


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

    @property
    def request_id(self) -> str:
        """What a SAML response has to answer. An ID begins with a letter or a line."""
        return f"_{self._made_for('request')}"

    def _made_for(self, what: str) -> str:
        key, said = settings.SECRET_KEY.encode(), f"identity provider {what}:{self.secret}".encode()
        return base64url(hmac.new(key, said, hashlib.sha256).digest())


@dataclass(frozen=True)
class Request:
    """What a customer is sent to a provider with. `login_hint` is the address they have typed, if any, `entity_id` the
    name that a SAML provider knows us by.

    `asks_anew`: they shall prove themself there once more. `offers_choice`: they shall choose who they are there.
    """

    redirect_uri: str
    state: str
    challenge: Challenge
    entity_id: str = ""
    login_hint: str = ""
    ui_locales: str = ""
    asks_anew: bool = False
    offers_choice: bool = False


@dataclass(frozen=True)
class ProviderAnswer:
    """What a browser has come back with; None for a parameter that isn't there, "" for one that can't be read.

    `is_asked_anew`: whoever comes shall have proved themself there just now.
    """

    parameters: Mapping[str, str | None]
    redirect_uri: str
    challenge: Challenge
    entity_id: str = ""
    is_asked_anew: bool = False

    def __getitem__(self, name: str) -> str | None:
        return self.parameters.get(name)


@dataclass(frozen=True)
class Identity:
    """Who a customer is at a provider. The claims are what it tells of them, by the names of OpenID Connect."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def email(self) -> str:
        """Their address, as it is kept; "" if the provider tells none that mail could be sent to."""
        told = self.claims.get("email")
        email = written_address(told) if isinstance(told, str) and len(told) <= MAX_EMAIL else ""
        return email if is_plain_address(email) else ""

    def told(self, claim: str) -> Any:
        """The claim of this name or, with dots, a member of one, such as `address.locality` (OpenID Connect Core
        section 5.1.1); None if there is none.
        """
        if claim in self.claims:
            return self.claims[claim]
        value: Any = self.claims
        for member in claim.split("."):
            value = value.get(member) if isinstance(value, Mapping) else None
        return value

    def is_vouched_for(self, provider: IdentityProvider) -> bool:
        """Whether the address is its owner's by the provider's word, as far as the tenant believes that."""
        return bool(self.email) and vouches_for(
            self.email,
            self.claims,
            kind=provider.kind,
            trust=provider.trust,
            trusted_domains=provider.trusted_domains,
        )

    def attributes(self, provider: IdentityProvider) -> dict[str, Any]:
        """What fills attributes but the address, by their names, as it was told: nobody has judged it yet."""
        told = {name: self.told(claim) for name, claim in provider.claims.items() if name != EMAIL}
        return {name: value for name, value in told.items() if _is_value(value)}


def base64url(raw: bytes) -> str:
    """As in a JWT: without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _is_value(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= MAX_VALUE and "\0" not in value
    return isinstance(value, bool | int) and abs(value) < 2**53
