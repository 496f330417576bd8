"""What userinfo tells whoever holds an access token (OpenID Connect Core section 5.3)."""

from typing import Any
from uuid import UUID

from applications.errors import UnknownApplication
from applications.lookup.clients import RegisteredClient, client_by_id
from oidc.tokens.signed import AccessToken
from oidc.tokens.sql import person_of
from oidc.tokens.token_claims import roles_needed_by, userinfo_claims
from oidc.wire.errors import InsufficientScope, InvalidToken
from userflows.lookup import custom_names_of


def about_person(token: AccessToken, *, issuer: str, flow_id: UUID | None = None) -> dict[str, Any]:
    """The claims about the person behind a verified token, by the application's user flow or the one that is run.

    Raises `InsufficientScope` or `InvalidToken`.
    """
    if token.audience != issuer:
        # Made for an API, which must not learn with it what was granted to the application (RFC 9068 section 4).
        raise InvalidToken(f"The access token is for another audience. Ask for one with resource={issuer}.")
    if "openid" not in token.scopes:
        raise InsufficientScope("Userinfo needs the scope openid.")
    client = client_of_token(token)
    found = person_of(token, roles_needed_by(client.entitlements)) if client else None
    if client is None or found is None:
        raise InvalidToken
    custom_names = custom_names_of(flow_id or client.flow_id)
    told = userinfo_claims(*found, token=token, entitlements=client.entitlements, custom_names=custom_names)
    return {**told, "sub": token.subject}


def client_of_token(token: AccessToken) -> RegisteredClient | None:
    """The application the token was issued to, unless it is gone, or has been gone since."""
    try:
        client = client_by_id(token.client_id)
    except UnknownApplication:
        return None
    return client if client.counts_tokens_of(token.issued_at) else None
