from oidc.authorization.limits import count_pushed
from oidc.authorization.requests.request import addressee_of, parameters_of, read_request
from oidc.authorization.requests.request_objects import opened
from oidc.authorization.services import push_request
from oidc.clients.authentication import authenticated_client
from oidc.clients.proofs import accepted_proof
from oidc.issuer.identity import issuer_for
from oidc.lifetimes import PUSHED_REQUEST_LIFETIME
from oidc.wire.errors import InvalidDpopProof, InvalidRequest, PageRefusal
from oidc.wire.requests import Call, form_pairs_of
from oidc.wire.responses import EndpointAnswer, endpoint, json_answer


@endpoint("POST", is_for_scripts=True)
def push(request: Call) -> EndpointAnswer:
    """RFC 9126 section 2: take an authorization request from the client itself, before a browser comes with it."""
    pairs = form_pairs_of(request)
    parameters = parameters_of(pairs)
    if "client_id" in parameters.unclear or "client_secret" in parameters.unclear:
        raise InvalidRequest("The client's credentials came more than once.")
    client = authenticated_client(request, dict(pairs))
    if "request_uri" in parameters.values:
        raise InvalidRequest("A pushed request has no request_uri.")
    issuer = issuer_for(request.tenant)
    parameters = opened(client, parameters, issuer=issuer.name)
    try:
        to = addressee_of(client, parameters)
    except PageRefusal as refusal:
        raise InvalidRequest(refusal.detail) from refusal
    wanted = read_request(to, parameters, issuer=issuer, was_pushed=True)
    kept = {**parameters.to_keep(), "client_id": client.client_id}
    addresses = issuer.addresses_of("pushed_authorization_request_endpoint")
    proof = accepted_proof(request, urls=addresses, client=client)
    if proof:
        # RFC 9449 section 10.1: a proof says by itself which key the code will be bound to.
        if wanted.dpop_jkt not in {"", proof.jkt}:
            raise InvalidDpopProof("The dpop_jkt isn't the thumbprint of the proof's key.")
        kept["dpop_jkt"] = proof.jkt
    if client.is_public:
        # Anybody can push in its name.
        count_pushed(request, client)
    request_uri = push_request(client=client, parameters=kept)
    expires_in = int(PUSHED_REQUEST_LIFETIME.total_seconds())
    return json_answer({"request_uri": request_uri, "expires_in": expires_in}, status=201)
