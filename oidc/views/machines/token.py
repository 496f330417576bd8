from datetime import UTC, datetime

from django.http import HttpResponse

from applications.lookup.entitlements import entitlements_by_id
from applications.policies.grants import TOKEN_EXCHANGE
from audit.services import Actor
from oidc.authorization.checks import check_resource
from oidc.clients.authentication import authenticated_client
from oidc.errors import InvalidDpopProof, InvalidRequest, UnsupportedGrantType
from oidc.issuer import issuer_for
from oidc.requests import TenantRequest, form_of
from oidc.responses import endpoint, json_answer
from oidc.services.families import revoke_family
from oidc.services.proofs import accepted_proof
from oidc.tokens.claims import custom_names_of
from oidc.tokens.exchange import exchange_token
from oidc.tokens.request import TokenRequest
from oidc.tokens.server import GRANTS, answer


@endpoint("POST", is_for_scripts=True)
def token(request: TenantRequest) -> HttpResponse:
    """RFC 6749 section 3.2: whatever its grant type presents, for an access token."""
    parameters = form_of(request)
    client = authenticated_client(request, parameters)
    if "grant_type" not in parameters:
        raise InvalidRequest("The parameter grant_type is missing.")
    if parameters["grant_type"] not in {*GRANTS, TOKEN_EXCHANGE}:
        raise UnsupportedGrantType("This grant type isn't offered.")
    issuer = issuer_for(request.tenant)
    if "resource" in parameters:
        check_resource(parameters["resource"])
    proof = accepted_proof(request, url=issuer.endpoints["token_endpoint"])
    if proof is None and client.tokens.requires_dpop:
        raise InvalidDpopProof("This application has to prove that it holds its key (RFC 9449).")
    token_request = TokenRequest(
        issuer=issuer,
        client=client,
        parameters=parameters,
        now=datetime.now(UTC),
        custom_names=custom_names_of(client.flow_id),
        entitlements=entitlements_by_id(client.client_id),
        dpop_jkt=proof.jkt if proof else "",
    )
    if parameters["grant_type"] == TOKEN_EXCHANGE:
        return json_answer(exchange_token(token_request))
    status, members = answer(token_request)
    if token_request.replayed is not None:
        actor = Actor("application", client.client_id, client.name)
        revoke_family(token_request.replayed, actor=actor, action="tokens.replayed")
    return json_answer(members, status=status)
