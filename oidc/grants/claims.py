"""What the tokens of a request tell about the person."""

from collections.abc import Collection, Sequence
from typing import Any

from applications.lookup.entitlements import entitlements_by_id
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
        entitlements=token_request.entitlements,
    )
    return values_of(told)


def access_token_claims(token_request: TokenRequest, target: Target, *, scopes: Sequence[str]) -> dict[str, Any]:
    """What the access token tells beside the protocol: by the choice of the API, or the application without one."""
    entitlements = entitlements_by_id(target.api.client_id) if target.api else token_request.entitlements
    if token_request.sign_in is not None:
        told = claims_told(
            ACCESS_TOKEN,
            person=token_request.person,
            standing=token_request.standing,
            scopes=scopes,
            custom_names=token_request.custom_names,
            entitlements=entitlements,
        )
        return values_of(told)
    roles = token_request.entitlements.service_roles.get(target.audience, ())
    return values_of(
        claims_told(
            ACCESS_TOKEN, person=None, standing=Standing({entitlements.own.pk: roles}, ()), entitlements=entitlements
        )
    )
