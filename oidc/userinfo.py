"""What userinfo tells whoever holds an access token (OpenID Connect Core section 5.3)."""

from typing import Any

from applications.errors import UnknownApplication
from applications.lookup import RegisteredClient, client_by_id
from oidc.claims import claims_of, custom_names_of
from oidc.errors import InsufficientScope, InvalidToken
from oidc.statements import person_of
from oidc.tokens import AccessToken


def about_person(token: AccessToken) -> dict[str, Any]:
    """The claims about the person behind a verified token. Raises `InsufficientScope` or `InvalidToken`."""
    if "openid" not in token.scopes:
        raise InsufficientScope("Userinfo needs the scope openid.")
    client = client_of_token(token)
    person = person_of(token)
    if client is None or person is None:
        raise InvalidToken
    custom_names = custom_names_of(client.flow_id)
    claims = claims_of(person, scopes=token.scopes, custom_names=custom_names, names=token.named_claims)
    return {**claims, "sub": token.subject}


def client_of_token(token: AccessToken) -> RegisteredClient | None:
    """The application the token was issued to, unless it is gone."""
    try:
        return client_by_id(token.client_id)
    except UnknownApplication:
        return None
