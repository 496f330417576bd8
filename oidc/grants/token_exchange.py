"""Token exchange (RFC 8693): an access token about a customer, for another one that its client may use elsewhere.

Who was called in a customer's name calls the next API in it too. The new token is about the same customer, of the same
family, and never good for longer, so whatever ends the first one ends it as well. For the audience of the old one it
has no more scopes than that; for an API, no more than the exchanging application is permitted there. `act` says who
acts.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.identity.person import Person
from applications.lookup.clients import entitlements_by_id
from applications.lookup.entitlements import PermittedScope
from oidc.consents.services import consented_scopes
from oidc.grants.issuing import Issued
from oidc.grants.policies import actors_with, depth_of_actors
from oidc.grants.request import TokenRequest
from oidc.grants.services import record_exchange
from oidc.keys.jws import sign
from oidc.tokens.resources import Target, named_in_full
from oidc.tokens.roles_and_groups import RolesAndGroups
from oidc.tokens.signed import (
    ACCESS_TOKEN_TYPE,
    FAMILY_SEPARATOR,
    NAMED_CLAIMS,
    AccessToken,
    confirmation,
    read_access_token,
)
from oidc.tokens.sql import is_in_force, person_of
from oidc.tokens.subjects import subject_of
from oidc.tokens.token_claims import ACCESS_TOKEN, claims_told, fitted, roles_needed_by
from oidc.tokens.userinfo import client_of_token
from oidc.wire.errors import (
    InvalidDpopProof,
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    InvalidToken,
    UnauthorizedClient,
)

ACCESS_TOKENS = "urn:ietf:params:oauth:token-type:access_token"
MAX_ACTORS = 10


@dataclass(frozen=True)
class _Judged:
    """What has been judged: whose token it is, for whom the next one shall be, and who acts."""

    subject: AccessToken
    person: Person
    roles_and_groups: RolesAndGroups
    target: Target
    act: dict[str, Any]
    expires_at: int


def exchange_token(request: TokenRequest) -> Issued:
    """The new access token (section 2.2.1). Raises `InvalidRequest` for whatever is wrong (section 2.2.2), and
    `UnauthorizedClient`, `InvalidTarget`, `InvalidScope` or `InvalidDpopProof`.
    """
    client = request.client
    if client.is_public:
        raise UnauthorizedClient("This application may not exchange tokens.")
    judged = _judged(request)
    access_token = _sign(request, judged)
    record_exchange(client, judged.subject, audience=judged.target.audience)
    scopes = _scopes_in_full(judged.target, issuer=request.issuer.name)
    members = {
        "access_token": access_token,
        "issued_token_type": ACCESS_TOKENS,
        "token_type": "DPoP" if request.dpop_jkt else "Bearer",
        "expires_in": judged.expires_at - int(request.now.timestamp()),
        **({"scope": " ".join(scopes)} if scopes else {}),
    }
    return Issued(members)


def _judged(request: TokenRequest) -> _Judged:
    if request.requested_token_type not in {"", ACCESS_TOKENS}:
        raise InvalidRequest(f"Only access tokens are issued: requested_token_type={ACCESS_TOKENS}.")
    subject = _presented("subject_token", request.subject_token, request.subject_token_type, request=request)
    if not subject.family:
        raise InvalidRequest("The subject_token is an application's own; it is about nobody.")
    found = person_of(subject, roles_needed_by(request.entitlements))
    if found is None:
        raise InvalidRequest("The subject_token was revoked, or its customer may no longer sign in.")
    actor = _actor(request)
    act = actors_with(actor.subject if actor else request.client.client_id, earlier=subject.act)
    if depth_of_actors(act) > MAX_ACTORS:
        raise InvalidRequest(f"At most {MAX_ACTORS} may act one for another.")
    ends = [subject.expires_at, *([actor.expires_at] if actor else [])]
    lifetime = request.client.tokens.access_token_lifetime
    return _Judged(
        subject=subject,
        person=found[0],
        roles_and_groups=found[1],
        target=_target(request, subject),
        act=act,
        expires_at=min(int((request.now + lifetime).timestamp()), *ends),
    )


def _presented(name: str, value: str, kind: str, *, request: TokenRequest) -> AccessToken:
    """An access token of this issuer that the client may exchange: its own, or one for the API that it is."""
    client = request.client
    if not value:
        raise InvalidRequest(f"The parameter {name} is missing.")
    if kind != ACCESS_TOKENS:
        raise InvalidRequest(f"Only access tokens are exchanged: {name}_type={ACCESS_TOKENS}.")
    try:
        token = read_access_token(request.issuer, value, now=request.now)
    except InvalidToken as error:
        raise InvalidRequest(f"The {name} isn't an access token of this issuer, or has expired.") from error
    is_audience = token.audience == request.entitlements.own.identifier
    if client.client_id != token.client_id and not is_audience:
        raise InvalidRequest(f"The {name} is neither for this application nor its own.")
    if client_of_token(token) is None:
        raise InvalidRequest(f"The application that the {name} was issued to is gone.")
    _check_key(name, token, request)
    return token


def _check_key(name: str, token: AccessToken, request: TokenRequest) -> None:
    """A token that is bound to a key or a certificate never becomes one that isn't (RFC 9449, RFC 8705).

    Its own client proves that very key. An API, to which somebody else has proved it, binds the new one to its own key.
    """
    is_own = token.client_id == request.client.client_id
    if token.x5t and (not request.x5t or (is_own and token.x5t != request.x5t)):
        raise InvalidRequest(f"The {name} is bound to a certificate, so the new one has to be (RFC 8705).")
    if not token.jkt:
        return
    if not request.dpop_jkt:
        raise InvalidDpopProof(f"The {name} is bound to a key, so the new one has to be: send a proof (RFC 9449).")
    if is_own and token.jkt != request.dpop_jkt:
        raise InvalidDpopProof(f"The {name} is bound to another key than the proof's.")


def _actor(request: TokenRequest) -> AccessToken | None:
    """Who acts, if the client says so by a token."""
    if not request.actor_token:
        if request.actor_token_type:
            raise InvalidRequest("The parameter actor_token_type goes with an actor_token.")
        return None
    actor = _presented("actor_token", request.actor_token, request.actor_token_type, request=request)
    if not is_in_force(actor):
        raise InvalidRequest("The actor_token was revoked.")
    return actor


def _target(request: TokenRequest, subject: AccessToken) -> Target:
    """For whom the new token shall be, with which scopes; for the audience of the old one unless the client asks."""
    entitlements = request.entitlements
    wishes = {name for name in (request.audience, request.resource) if name}
    if len(wishes) > 1:
        raise InvalidTarget("The audience and the resource are two.")
    audience = wishes.pop() if wishes else subject.audience
    if audience == subject.audience:
        prefix = f"{audience}/"
        scopes = _narrowed([word.removeprefix(prefix) for word in request.words], subject.scopes)
        return Target(audience, scopes, entitlements.apis.get(audience))
    if audience not in entitlements.apis:
        raise InvalidTarget("The audience is unknown, or this application may not call it.")
    permitted = {scope.full_name: scope.name for scope in _allowed_scopes(request, subject, audience)}
    if not permitted:
        raise InvalidTarget("This application has no permission there, or the customer hasn't consented to it.")
    asked = named_in_full(request.words, resources=[audience], entitlements=entitlements)
    scopes = tuple(permitted[name] for name in _narrowed(asked, tuple(permitted)))
    return Target(audience, scopes, entitlements.apis[audience])


def _allowed_scopes(request: TokenRequest, subject: AccessToken, audience: str) -> list[PermittedScope]:
    """The scopes of an API that the client may have. Nobody can be asked here, so consent has to be there already."""
    entitlements = request.entitlements
    scopes = [scope for scope in entitlements.scopes if scope.api == audience]
    if not entitlements.asks_for_consent or all(scope.is_granted_for_all for scope in scopes):
        return scopes
    consented = consented_scopes(account_id=UUID(subject.account_id), application_pk=request.client.pk)
    return [scope for scope in scopes if scope.is_granted_for_all or scope.key in consented]


def _narrowed(asked: Sequence[str], allowed: Sequence[str]) -> tuple[str, ...]:
    """The scopes asked for, each once; all that are allowed if none was."""
    if set(asked) - set(allowed):
        raise InvalidScope("The scope names something that the new token can't have.")
    return tuple(dict.fromkeys(asked)) or tuple(allowed)


def _scopes_in_full(target: Target, *, issuer: str) -> list[str]:
    """As clients call them; an API knows its own by their names alone."""
    return [name if target.audience == issuer else f"{target.audience}/{name}" for name in target.scopes]


def _sign(request: TokenRequest, judged: _Judged) -> str:
    """The new token, in the profile of any other (RFC 9068), with `act` (RFC 8693 section 4.1)."""
    issuer, client, subject, target = request.issuer, request.client, judged.subject, judged.target
    told = claims_told(
        ACCESS_TOKEN,
        person=judged.person,
        roles_and_groups=judged.roles_and_groups,
        scopes=target.scopes,
        custom_names=request.custom_names,
        entitlements=entitlements_by_id(target.api.client_id) if target.api else request.entitlements,
    )
    is_for_userinfo = target.audience == issuer.name
    claims: dict[str, Any] = {
        **fitted(told, endpoint=issuer.endpoints["userinfo_endpoint" if is_for_userinfo else "introspection_endpoint"]),
        "iss": issuer.name,
        "sub": subject_of(UUID(subject.account_id), client),
        "aud": target.audience,
        "client_id": client.client_id,
        "iat": int(request.now.timestamp()),
        "exp": judged.expires_at,
        "jti": f"{subject.family}{FAMILY_SEPARATOR}{secrets.token_urlsafe(9)}",
        "scope": " ".join(target.scopes),
        "auth_time": subject.auth_time,
        **({"acr": subject.acr} if subject.acr else {}),
        "sid": subject.sid,
        "act": judged.act,
    }
    if subject.named_claims and is_for_userinfo:
        claims[NAMED_CLAIMS] = list(subject.named_claims)
    bound_to = confirmation(jkt=request.dpop_jkt, x5t=request.x5t)
    if bound_to:
        claims["cnf"] = dict(bound_to)
    return sign(claims, key=issuer.active[client.tokens.access_token_algorithm], typ=ACCESS_TOKEN_TYPE)
