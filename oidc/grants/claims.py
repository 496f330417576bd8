"""What the tokens of a request tell about the person."""

from collections.abc import Collection, Sequence
from typing import Any

from applications.access import access_of
from oidc.grants.request import TokenRequest
from oidc.tokens.resources import Target
from oidc.tokens.standing import Standing
from oidc.tokens.token_claims import ACCESS_TOKEN, ID_TOKEN, claims_told, values_of


def id_token_claims(token_request: TokenRequest, *, scopes: Collection[str]) -> dict[str, Any]:
    """What the ID token tells about the person."""
    sign_in = token_request.sign_in
    told = claims_told(
        ID_TOKEN,
        person=token_request.person,
        standing=token_request.standing,
        scopes=scopes,
        names=sign_in.claims.id_token if sign_in else (),
        custom_names=token_request.custom_names,
        access=token_request.access,
    )
    return values_of(told)


def access_token_claims(token_request: TokenRequest, target: Target, *, scopes: Sequence[str]) -> dict[str, Any]:
    """What the access token tells beside the protocol: by the choice of the API, or the application without one."""
    access = access_of(target.api.client_id) if target.api else token_request.access
    if token_request.sign_in is not None:
        told = claims_told(
            ACCESS_TOKEN,
            person=token_request.person,
            standing=token_request.standing,
            scopes=scopes,
            custom_names=token_request.custom_names,
            access=access,
        )
        return values_of(told)
    roles = token_request.access.service_roles.get(target.audience, ())
    return values_of(
        claims_told(ACCESS_TOKEN, person=None, standing=Standing({access.own.pk: roles}, ()), access=access)
    )
