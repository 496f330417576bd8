"""A request to the token endpoint: parsed once, and what became known on the way to an answer."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from accounts.identity.person import Person
from applications.lookup.clients import RegisteredClient
from applications.lookup.entitlements import Entitlements
from oidc.issuer import Issuer
from oidc.keys.loaded import base64url
from oidc.tokens.resources import Target, apis_asked_for, target_of
from oidc.tokens.signed import SignIn
from oidc.tokens.standing import NOBODY_SPECIAL, Standing
from oidc.tokens.statements import PresentedCode, PresentedRefreshToken

REFRESH_SEPARATOR = "."
SECRET_BYTES = 32


@dataclass
class TokenRequest:
    """`client` has been authenticated; `custom_names` are the attributes its user flow asks for. `dpop_jkt`
    is the thumbprint of the key it proved to hold, "" without a proof. The rest is filled in by the validator, from a
    row read once.

    `presented_secret` is the secret of the refresh token; `is_repeated` says that it was exchanged a moment ago, and
    that the application allows for a lost answer. `replayed` is the family whose code or refresh token was presented
    after its use: whoever answers the request revokes it.
    """

    issuer: Issuer
    client: RegisteredClient
    parameters: Mapping[str, str]
    now: datetime
    custom_names: frozenset[str]
    entitlements: Entitlements
    dpop_jkt: str = ""
    code: PresentedCode | None = None
    refresh_token: PresentedRefreshToken | None = None
    presented_secret: str = ""
    is_repeated: bool = False
    replayed: UUID | None = None

    @property
    def refresh_jkt(self) -> str:
        """The key a new refresh token is bound to: a public client's, which has nothing else to show for itself."""
        return self.dpop_jkt if self.client.is_public else ""

    @property
    def next_secret(self) -> str:
        """The secret of the refresh token that is handed out. Only a repeated request is given one a second time."""
        if self.refresh_token is None or not self.client.tokens.refresh_grace:
            return secrets.token_urlsafe(SECRET_BYTES)
        return successor_of(self.presented_secret, family=self.refresh_token.sign_in.family)

    @property
    def apis(self) -> tuple[str, ...]:
        """The APIs that the sign-in was about; those a client names when it acts for itself."""
        presented = self.code or self.refresh_token
        if presented:
            return presented.apis
        asked = self.parameters.get("scope", "").split(" ")
        resources = [self.resource] if self.resource else []
        return apis_asked_for(asked, resources=resources, entitlements=self.entitlements, issuer=self.issuer.name)

    @property
    def resource(self) -> str:
        """For whom the access token shall be; "" if the client doesn't say (RFC 8707 section 2.2)."""
        return self.parameters.get("resource", "")

    def target(self, scopes: Sequence[str]) -> Target:
        """For whom the access token is, with these scopes granted. Raises `InvalidTarget`."""
        return target_of(
            scopes,
            apis=self.apis,
            resource=self.resource,
            is_about_person=self.sign_in is not None,
            is_narrowed=self.refresh_token is not None and bool(self.parameters.get("scope", "").strip()),
            entitlements=self.entitlements,
            issuer=self.issuer.name,
        )

    @property
    def standing(self) -> Standing:
        """What the person is: roles and groups, as far as they were asked for."""
        presented = self.code or self.refresh_token
        return presented.standing if presented else NOBODY_SPECIAL

    @property
    def person(self) -> Person:
        """The person whose code or refresh token it is."""
        presented = self.code or self.refresh_token
        if presented is None:
            raise LookupError("Nobody has signed in for this request.")
        return presented.person

    @property
    def sign_in(self) -> SignIn | None:
        """The sign-in the tokens come from; none for a client's own."""
        presented = self.code or self.refresh_token
        return presented.sign_in if presented else None


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
