"""The toolkit's server, reduced to what a token request needs: oauthlib's grants over our validator and our tokens."""

import json
import logging
from typing import Any

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from oauthlib.oauth2.rfc6749.grant_types import ClientCredentialsGrant
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

from applications.policies.grants import DEVICE_CODE
from oidc.devices.grant import DeviceCodes
from oidc.policies import OFFLINE_ACCESS, STANDARD_SCOPES
from oidc.tokens.request import TokenRequest, join_refresh_token
from oidc.tokens.resources import granted_with, named_in_full
from oidc.tokens.signed import access_token
from oidc.tokens.token_claims import access_token_claims
from oidc.tokens.validator import IssuerValidator


class SignedTokens(BearerToken):
    """Makes the members of a successful answer (RFC 6749 section 5.1)."""

    def __init__(self, validator: IssuerValidator) -> None:
        super().__init__(
            validator,
            token_generator=_new_access_token,
            refresh_token_generator=_new_refresh_token,
            expires_in=_lifetime,
        )

    def create_token(self, request: Request, refresh_token: bool = False, **kwargs: Any) -> dict[str, Any]:
        """A code yields a refresh token if `offline_access` was granted (OpenID Connect Core section 11)."""
        is_refresh = request.grant_type == "refresh_token"
        wants_refresh = refresh_token and (is_refresh or OFFLINE_ACCESS in request.scopes)
        token: dict[str, Any] = super().create_token(request, refresh_token=wants_refresh, **kwargs)
        token_request: TokenRequest = request.token_request
        granted = list(request.scopes or ())
        told = granted_with(token_request.target(granted), granted, standard=STANDARD_SCOPES)
        token["scope"] = " ".join(told)
        if token_request.dpop_jkt:
            token["token_type"] = "DPoP"  # noqa: S105 - RFC 9449 section 5
        if not told:
            # An empty scope can't be written (RFC 6749 section 3.3).
            token.pop("scope", None)
        return token


def _new_access_token(request: Request) -> str:
    token_request: TokenRequest = request.token_request
    target = token_request.target(request.scopes or ())
    return access_token(
        token_request.issuer,
        client=token_request.client,
        target=target,
        now=token_request.now,
        sign_in=token_request.sign_in,
        claims=access_token_claims(token_request, target, scopes=request.scopes or ()),
        jkt=token_request.dpop_jkt,
    )


def _lifetime(request: Request) -> int:
    token_request: TokenRequest = request.token_request
    return int(token_request.client.tokens.access_token_lifetime.total_seconds())


def _new_refresh_token(request: Request) -> str:
    token_request: TokenRequest = request.token_request
    if token_request.sign_in is None:
        raise LookupError("A refresh token belongs to a sign-in.")
    return join_refresh_token(token_request.sign_in.family, token_request.next_secret)


# At its finest level oauthlib writes codes and refresh tokens to the log.
logging.getLogger("oauthlib").setLevel(logging.INFO)
_validator = IssuerValidator()
_tokens = SignedTokens(_validator)
GRANTS = {
    "authorization_code": AuthorizationCodeGrant(_validator),
    "refresh_token": RefreshTokenGrant(_validator),
    "client_credentials": ClientCredentialsGrant(_validator),
    DEVICE_CODE: DeviceCodes(_validator),
}
# oauthlib keeps what it works out about a request among its parameters, so no other name may come from outside.
PARAMETERS = ("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "device_code", "scope")


def answer(token_request: TokenRequest) -> tuple[int, dict[str, Any]]:
    """The status and the members of the answer to a request whose `grant_type` is one of `GRANTS`."""
    grant_type = token_request.parameters["grant_type"]
    parameters = {name: value for name, value in token_request.parameters.items() if name in PARAMETERS}
    # Each scope once, and no scope if there were only spaces; oauthlib takes them as they come.
    scopes = dict.fromkeys(filter(None, parameters.pop("scope", "").split(" ")))
    if scopes:
        resources = [token_request.resource] if token_request.resource else []
        parameters["scope"] = " ".join(
            named_in_full(scopes, resources=resources, entitlements=token_request.entitlements)
        )
    request = Request(
        token_request.issuer.endpoints["token_endpoint"], http_method="POST", body=list(parameters.items())
    )
    request.token_request = token_request
    request.client_id = token_request.client.client_id
    try:
        _, body, status = GRANTS[grant_type].create_token_response(request, _tokens)
    except OAuth2Error as error:
        # oauthlib answers what it finds while it validates; this came up while the tokens were kept.
        body, status = error.json, error.status_code
    return status, json.loads(body)
