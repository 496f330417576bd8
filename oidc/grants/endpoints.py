from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from applications.policies.grants import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    REFRESH_TOKEN,
    TOKEN_EXCHANGE,
)
from applications.services.uses import note_use
from audit.services import Actor
from oidc.clients.authentication import authenticated_client
from oidc.clients.certificates import thumbprint_of
from oidc.clients.proofs import accepted_proof
from oidc.grants.authorization_code import redeem_authorization_code
from oidc.grants.client_credentials import issue_to_client
from oidc.grants.device_code import redeem_device_code
from oidc.grants.issuing import Issued
from oidc.grants.presented import Replayed
from oidc.grants.refresh_token import refresh
from oidc.grants.request import TokenRequest
from oidc.grants.token_exchange import exchange_token
from oidc.issuer.identity import issuer_for
from oidc.tokens.resources import check_resource
from oidc.tokens.services.families import revoke_family
from oidc.wire.errors import InvalidDpopProof, InvalidRequest, UnauthorizedClient, UnsupportedGrantType
from oidc.wire.requests import Call, form_of
from oidc.wire.responses import EndpointAnswer, endpoint, json_answer

GRANTS: Mapping[str, Callable[[TokenRequest], Issued]] = {
    AUTHORIZATION_CODE: redeem_authorization_code,
    REFRESH_TOKEN: refresh,
    CLIENT_CREDENTIALS: issue_to_client,
    DEVICE_CODE: redeem_device_code,
    TOKEN_EXCHANGE: exchange_token,
}


@endpoint("POST", is_for_scripts=True)
def token(request: Call) -> EndpointAnswer:
    """RFC 6749 section 3.2: whatever its grant type presents, for an access token."""
    token_request = _read(request)
    try:
        issued = GRANTS[token_request.grant_type](token_request)
    except Replayed as replay:
        client = token_request.client
        actor = Actor("application", client.client_id, client.name)
        revoke_family(replay.family, actor=actor, action="tokens.replayed")
        raise
    if token_request.client.is_public:
        # It has nothing to prove itself by, so what it got says that it was used.
        note_use(token_request.client)
    return json_answer(issued.members)


def _read(request: Call) -> TokenRequest:
    """What holds for every grant: who asks, and whether they may ask for this, proving the key they have to prove.

    Raises `InvalidClient`, `InvalidRequest`, `UnsupportedGrantType`, `UnauthorizedClient`, `InvalidTarget`,
    `InvalidDpopProof` or `TemporarilyUnavailable`.
    """
    parameters = form_of(request)
    client = authenticated_client(request, parameters)
    if "grant_type" not in parameters:
        raise InvalidRequest("The parameter grant_type is missing.")
    if parameters["grant_type"] not in GRANTS:
        raise UnsupportedGrantType("This grant type isn't offered.")
    issuer = issuer_for(request.tenant)
    if "resource" in parameters:
        check_resource(parameters["resource"])
    proof = accepted_proof(request, urls=issuer.addresses_of("token_endpoint"), client=client)
    if proof is None and client.tokens.requires_dpop:
        raise InvalidDpopProof("This application has to prove that it holds its key (RFC 9449).")
    x5t = thumbprint_of(request) if client.tokens.binds_to_certificate else ""
    if client.tokens.binds_to_certificate and not x5t:
        raise InvalidRequest("This application has to show its client certificate (RFC 8705).")
    if parameters["grant_type"] not in client.grant_types:
        raise UnauthorizedClient("This application may not use this grant type.")
    jkt = proof.jkt if proof else ""
    return TokenRequest.of(parameters, issuer=issuer, client=client, now=datetime.now(UTC), dpop_jkt=jkt, x5t=x5t)
