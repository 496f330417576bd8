"""What becomes of a token once it is out: userinfo, introspection, revocation."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from applications.description import UNENCRYPTED, UNSIGNED
from applications.lookup.clients import RegisteredClient, client_by_id
from applications.lookup.entitlements import Entitlements
from audit.services import Actor
from common.crypto.digests import digest_of
from oidc.clients.authentication import authenticated_client
from oidc.clients.certificates import thumbprint_of
from oidc.clients.proofs import accepted_proof
from oidc.issuer.identity import issuer_for
from oidc.tokens.encrypted import encrypted_userinfo
from oidc.tokens.refresh_secrets import split_refresh_token
from oidc.tokens.services.families import revoke_access_token, revoke_family
from oidc.tokens.signed import AccessToken, confirmation, read_access_token, userinfo_token
from oidc.tokens.sql import PresentedRefreshToken, is_in_force, person_of, presented_refresh_token
from oidc.tokens.subjects import subject_of
from oidc.tokens.token_claims import ACCESS_TOKEN, left_by, roles_needed_by, values_of
from oidc.tokens.userinfo import about_person, client_of_token
from oidc.wire.errors import InvalidClient, InvalidDpopProof, InvalidRequest, InvalidToken
from oidc.wire.requests import DPOP, Call, access_token_of, form_of
from oidc.wire.responses import EndpointAnswer, endpoint, json_answer, jwt_answer


@endpoint("GET", "POST", is_for_scripts=True)
def userinfo(request: Call) -> EndpointAnswer:
    """OpenID Connect Core section 5.3."""
    issuer = issuer_for(request.tenant)
    value, scheme = access_token_of(request)
    token = read_access_token(issuer, value)
    _check_possession(request, token, value=value, scheme=scheme, urls=issuer.addresses_of("userinfo_endpoint"))
    told = about_person(token, issuer=issuer.name)
    client = client_by_id(token.client_id)
    algorithm, encryption = client.tokens.userinfo_algorithm, client.tokens.userinfo_encryption
    if (algorithm, encryption) == (UNSIGNED, UNENCRYPTED):
        return json_answer(told)
    is_signed = algorithm != UNSIGNED
    answer = (
        userinfo_token(issuer, told, client_id=token.client_id, algorithm=algorithm) if is_signed else json.dumps(told)
    )
    return jwt_answer(encrypted_userinfo(answer, client, is_signed=is_signed))


@endpoint("POST")
def introspect(request: Call) -> EndpointAnswer:
    """RFC 7662, for clients that can keep a secret.

    A client learns about its own tokens and those whose audience names it; any other token is inactive to it, so that
    a stolen token can't be tried out with somebody else's credentials.
    """
    parameters = form_of(request)
    client = authenticated_client(request, parameters)
    if client.is_public:
        raise InvalidClient("Introspection needs a client with a secret.")
    value = _token_parameter(parameters)
    members = _about_refresh_token(value, client) or _about_access_token(request, value, client)
    return json_answer(members or {"active": False})


@endpoint("POST", is_for_scripts=True)
def revoke(request: Call) -> EndpointAnswer:
    """RFC 7009: of its own tokens a client may revoke any; about others the answer is the same, and nothing happens."""
    parameters = form_of(request)
    client = authenticated_client(request, parameters)
    value = _token_parameter(parameters)
    actor = Actor("application", client.client_id, client.name)
    held = _refresh_token(value, client)
    if held is not None:
        revoke_family(held.sign_in.family, actor=actor)
        return json_answer({})
    try:
        token = read_access_token(issuer_for(request.tenant), value)
    except InvalidToken:
        return json_answer({})
    if token.client_id == client.client_id:
        revoke_access_token(token, actor=actor)
    return json_answer({})


def _check_possession(request: Call, token: AccessToken, *, value: str, scheme: str, urls: Collection[str]) -> None:
    """Whoever presents a token that is bound to a key, or a certificate's, has to prove that it holds it.

    RFC 9449 section 7, RFC 8705 section 3. A token without a key is a bearer's, and no proof makes another of it.
    """
    if bool(token.jkt) != (scheme == DPOP):
        raise InvalidToken("A token that is bound to a key goes with the scheme DPoP, any other with Bearer.")
    if token.x5t and thumbprint_of(request) != token.x5t:
        raise InvalidToken("The access token is bound to a certificate that didn't come with the request.")
    if not token.jkt:
        return
    try:
        proof = accepted_proof(request, urls=urls, client=client_of_token(token), access_token=value)
    except InvalidDpopProof as error:
        error.status = HTTPStatus.UNAUTHORIZED
        raise
    if proof is None or proof.jkt != token.jkt:
        raise InvalidToken("The proof of the key that the token is bound to is missing, or is another key's.")


def _token_parameter(parameters: dict[str, str]) -> str:
    if "token" not in parameters:
        raise InvalidRequest("The parameter token is missing.")
    return parameters["token"]


def _about_access_token(request: Call, value: str, client: RegisteredClient) -> dict[str, Any] | None:
    try:
        token = read_access_token(issuer_for(request.tenant), value)
    except InvalidToken:
        return None
    entitlements = client.entitlements
    own_names = {client.client_id, entitlements.own.identifier} - {""}
    if token.client_id != client.client_id and token.audience not in own_names:
        return None
    if client_of_token(token) is None or not is_in_force(token):
        return None
    return {
        **(_left_for_api(token, entitlements) if token.left_claims and token.audience in own_names else {}),
        "active": True,
        "scope": " ".join(token.scopes),
        "client_id": token.client_id,
        "token_type": "DPoP" if token.jkt else "Bearer",
        **({"cnf": bound_to} if (bound_to := confirmation(jkt=token.jkt, x5t=token.x5t)) else {}),
        "exp": token.expires_at,
        "iat": token.issued_at,
        "sub": token.subject,
        "aud": token.audience,
        "iss": issuer_for(request.tenant).name,
        "jti": token.jti,
        # RFC 9470 section 6.2.
        **({"auth_time": token.auth_time} if token.auth_time else {}),
        **({"acr": token.acr} if token.acr else {}),
        **({"roles": list(token.roles)} if token.roles else {}),
        **({"act": token.act} if token.act else {}),
    }


def _left_for_api(token: AccessToken, entitlements: Entitlements) -> dict[str, Any]:
    """The claims for which a token had no room, by the choice of the API that it is for."""
    found = person_of(token, roles_needed_by(entitlements))
    if found is None:
        return {}
    person, roles_and_groups = found
    return values_of(
        left_by(token, ACCESS_TOKEN, person=person, roles_and_groups=roles_and_groups, entitlements=entitlements)
    )


def _about_refresh_token(value: str, client: RegisteredClient) -> dict[str, Any] | None:
    held = _refresh_token(value, client)
    parts = split_refresh_token(value)
    if held is None or parts is None or held.revoked_at is not None or held.expires_at <= datetime.now(UTC):
        return None
    if held.checksum != digest_of(parts[1]) or not held.person.may_sign_in:
        return None
    return {
        "active": True,
        "scope": held.scope,
        "client_id": client.client_id,
        "exp": int(held.expires_at.timestamp()),
        "sub": subject_of(held.sign_in.account_id, client),
    }


def _refresh_token(value: str, client: RegisteredClient) -> PresentedRefreshToken | None:
    """The family's row of this client, whichever of its refresh tokens is presented."""
    parts = split_refresh_token(value)
    return presented_refresh_token(parts[0], application_pk=client.pk) if parts else None
