"""A request to the token endpoint: parsed once, and what became known on the way to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.people import Person
from applications.lookup import RegisteredClient
from oidc.issuer import Issuer
from oidc.statements import PresentedCode, PresentedRefreshToken
from oidc.tokens import SignIn

REFRESH_SEPARATOR = "."


@dataclass
class TokenRequest:
    """`client` has been authenticated; `custom_names` are the attributes its user flow asks for. The rest is filled in
    by the validator, from a row read once.

    `replayed` is the family whose code or refresh token was presented after its use: whoever answers the request
    revokes it.
    """

    issuer: Issuer
    client: RegisteredClient
    parameters: Mapping[str, str]
    now: datetime
    custom_names: frozenset[str]
    code: PresentedCode | None = None
    refresh_token: PresentedRefreshToken | None = None
    replayed: UUID | None = None

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


def join_refresh_token(family: UUID, secret: str) -> str:
    """The value a client is given."""
    return f"{family.hex}{REFRESH_SEPARATOR}{secret}"
