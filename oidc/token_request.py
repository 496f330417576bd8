"""A request to the token endpoint: parsed once, and what became known on the way to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Account
from applications.lookup import RegisteredClient
from oidc.issuer import Issuer
from oidc.models import Grant, RefreshToken
from oidc.tokens import SignIn

REFRESH_SEPARATOR = "."


@dataclass
class TokenRequest:
    """`client` has been authenticated; `custom_names` are the attributes its user flow asks for. The rest is filled in
    by the validator, from a row read and locked once.

    `replayed` is the family whose code or refresh token was presented after its use: whoever answers the request
    revokes it once the transaction has been rolled back.
    """

    issuer: Issuer
    client: RegisteredClient
    parameters: Mapping[str, str]
    now: datetime
    custom_names: frozenset[str]
    grant: Grant | None = None
    refresh_token: RefreshToken | None = None
    replayed: UUID | None = None

    @property
    def account(self) -> Account:
        """The person whose code or refresh token it is."""
        row = self._row()
        account: Account = row.user
        return account

    @property
    def sign_in(self) -> SignIn | None:
        """The sign-in the tokens come from; none for a client's own."""
        if self.grant is None and self.refresh_token is None:
            return None
        row = self._row()
        family = row.family if isinstance(row, Grant) else row.token_family
        return SignIn(row.user_id, row.auth_time, row.sid, row.amr, family)

    def _row(self) -> Grant | RefreshToken:
        row = self.grant or self.refresh_token
        if row is None:
            raise LookupError("Nobody has signed in for this request.")
        return row


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
