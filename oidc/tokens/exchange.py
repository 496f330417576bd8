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
from applications.lookup.entitlements import PermittedScope, entitlements_by_id
from applications.policies.grants import TOKEN_EXCHANGE
from oidc.errors import (
    InvalidDpopProof,
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    InvalidToken,
    UnauthorizedClient,
)
from oidc.keys.jws import sign
from oidc.policies import actors_with, depth_of_actors
from oidc.services.consents import consented_scopes
from oidc.services.exchanges import record_exchange
from oidc.tokens.request import TokenRequest
from oidc.tokens.resources import Target, named_in_full
from oidc.tokens.signed import ACCESS_TOKEN_TYPE, FAMILY_SEPARATOR, AccessToken, read_access_token
from oidc.tokens.standing import Standing
from oidc.tokens.statements import is_in_force, person_of
from oidc.tokens.token_claims import ACCESS_TOKEN, claims_told, question_about
from oidc.tokens.userinfo import client_of_token

ACCESS_TOKENS = "urn:ietf:params:oauth:token-type:access_token"
MAX_ACTORS = 10


@dataclass(frozen=True)
class Exchange:
    """What has been judged: whose token it is, for whom the next one shall be, and who acts."""

    subject: AccessToken
    person: Person
    standing: Standing
    target: Target
    act: dict[str, Any]
    expires_at: int


def exchange_token(token_request: TokenRequest) -> dict[str, Any]:
    """The members of the answer (section 2.2.1). Raises a `ProtocolError`, mostly `InvalidRequest` (section 2.2.2)."""
    client = token_request.client
    if client.is_public or TOKEN_EXCHANGE not in client.grant_types:
        raise UnauthorizedClient("This application may not exchange tokens.")
    exchange = _judge(token_request)
    access_token = _sign(token_request, exchange)
    record_exchange(client, exchange.subject, audience=exchange.target.audience)
    scopes = _scopes_in_full(exchange.target, issuer=token_request.issuer.name)
    return {
        "access_token": access_token,
        "issued_token_type": ACCESS_TOKENS,
        "token_type": "DPoP" if token_request.dpop_jkt else "Bearer",
        "expires_in": exchange.expires_at - int(token_request.now.timestamp()),
        **({"scope": " ".join(scopes)} if scopes else {}),
    }


def _judge(token_request: TokenRequest) -> Exchange:
    parameters = token_request.parameters
    if parameters.get("requested_token_type", ACCESS_TOKENS) != ACCESS_TOKENS:
        raise InvalidRequest(f"Only access tokens are issued: requested_token_type={ACCESS_TOKENS}.")
    subject = _presented("subject_token", token_request)
    if not subject.family:
        raise InvalidRequest("The subject_token is an application's own; it is about nobody.")
    found = person_of(subject, question_about(token_request.entitlements))
    if found is None:
        raise InvalidRequest("The subject_token was revoked, or its customer may no longer sign in.")
    actor = _actor(token_request)
    act = actors_with(actor.subject if actor else token_request.client.client_id, earlier=subject.act)
    if depth_of_actors(act) > MAX_ACTORS:
        raise InvalidRequest(f"At most {MAX_ACTORS} may act one for another.")
    ends = [subject.expires_at, *([actor.expires_at] if actor else [])]
    lifetime = token_request.client.tokens.access_token_lifetime
    return Exchange(
        subject=subject,
        person=found[0],
        standing=found[1],
        target=_target(token_request, subject),
        act=act,
        expires_at=min(int((token_request.now + lifetime).timestamp()), *ends),
    )


def _presented(name: str, token_request: TokenRequest) -> AccessToken:
    """An access token of this issuer that the client may exchange: its own, or one for the API that it is."""
    parameters, client = token_request.parameters, token_request.client
    if name not in parameters:
        raise InvalidRequest(f"The parameter {name} is missing.")
    if parameters.get(f"{name}_type") != ACCESS_TOKENS:
        raise InvalidRequest(f"Only access tokens are exchanged: {name}_type={ACCESS_TOKENS}.")
    try:
        token = read_access_token(token_request.issuer, parameters[name], now=token_request.now)
    except InvalidToken as error:
        raise InvalidRequest(f"The {name} isn't an access token of this issuer, or has expired.") from error
    is_audience = token.audience == token_request.entitlements.own.identifier
    if client.client_id != token.client_id and not is_audience:
        raise InvalidRequest(f"The {name} is neither for this application nor its own.")
    if client_of_token(token) is None:
        raise InvalidRequest(f"The application that the {name} was issued to is gone.")
    _check_key(name, token, token_request)
    return token


def _check_key(name: str, token: AccessToken, token_request: TokenRequest) -> None:
    """A token that is bound to a key never becomes one that isn't (RFC 9449).

    Its own client proves that very key. An API, to which somebody else has proved it, binds the new one to its own key.
    """
    if not token.jkt:
        return
    if not token_request.dpop_jkt:
        raise InvalidDpopProof(f"The {name} is bound to a key, so the new one has to be: send a proof (RFC 9449).")
    if token.client_id == token_request.client.client_id and token.jkt != token_request.dpop_jkt:
        raise InvalidDpopProof(f"The {name} is bound to another key than the proof's.")


def _actor(token_request: TokenRequest) -> AccessToken | None:
    """Who acts, if the client says so by a token."""
    if "actor_token" not in token_request.parameters:
        if "actor_token_type" in token_request.parameters:
            raise InvalidRequest("The parameter actor_token_type goes with an actor_token.")
        return None
    actor = _presented("actor_token", token_request)
    if not is_in_force(actor):
        raise InvalidRequest("The actor_token was revoked.")
    return actor


def _target(token_request: TokenRequest, subject: AccessToken) -> Target:
    """For whom the new token shall be, with which scopes; for the audience of the old one unless the client asks."""
    parameters, entitlements = token_request.parameters, token_request.entitlements
    wishes = {parameters[name] for name in ("audience", "resource") if name in parameters}
    if len(wishes) > 1:
        raise InvalidTarget("The audience and the resource are two.")
    audience = wishes.pop() if wishes else subject.audience
    asked = [word for word in parameters.get("scope", "").split(" ") if word]
    if audience == subject.audience:
        prefix = f"{audience}/"
        scopes = _narrowed([word.removeprefix(prefix) for word in asked], subject.scopes)
        return Target(audience, scopes, entitlements.apis.get(audience))
    if audience not in entitlements.apis:
        raise InvalidTarget("The audience is unknown, or this application may not call it.")
    permitted = {scope.full_name: scope.name for scope in _allowed_scopes(token_request, subject, audience)}
    if not permitted:
        raise InvalidTarget("This application has no permission there, or the customer hasn't consented to it.")
    words = _narrowed(named_in_full(asked, resources=[audience], entitlements=entitlements), tuple(permitted))
    return Target(audience, tuple(permitted[word] for word in words), entitlements.apis[audience])


def _allowed_scopes(token_request: TokenRequest, subject: AccessToken, audience: str) -> list[PermittedScope]:
    """The scopes of an API that the client may have. Nobody can be asked here, so consent has to be there already."""
    entitlements = token_request.entitlements
    scopes = [scope for scope in entitlements.scopes if scope.api == audience]
    if not entitlements.asks_for_consent or all(scope.is_granted_for_all for scope in scopes):
        return scopes
    consented = consented_scopes(account_id=UUID(subject.subject), application_pk=token_request.client.pk)
    return [scope for scope in scopes if scope.is_granted_for_all or scope.key in consented]


def _narrowed(asked: Sequence[str], allowed: Sequence[str]) -> tuple[str, ...]:
    """The scopes asked for, each once; all that are allowed if none was."""
    if set(asked) - set(allowed):
        raise InvalidScope("The scope names something that the new token can't have.")
    return tuple(dict.fromkeys(asked)) or tuple(allowed)


def _scopes_in_full(target: Target, *, issuer: str) -> list[str]:
    """As clients call them; an API knows its own by their names alone."""
    return [name if target.audience == issuer else f"{target.audience}/{name}" for name in target.scopes]


def _sign(token_request: TokenRequest, exchange: Exchange) -> str:
    """The new token, in the profile of any other (RFC 9068), with `act` (RFC 8693 section 4.1)."""
    issuer, client, subject, target = token_request.issuer, token_request.client, exchange.subject, exchange.target
    told = claims_told(
        ACCESS_TOKEN,
        person=exchange.person,
        standing=exchange.standing,
        scopes=target.scopes,
        custom_names=token_request.custom_names,
        entitlements=entitlements_by_id(target.api.client_id) if target.api else token_request.entitlements,
    )
    claims: dict[str, Any] = {
        **{name: claim.value for name, claim in told.items()},
        "iss": issuer.name,
        "sub": subject.subject,
        "aud": target.audience,
        "client_id": client.client_id,
        "iat": int(token_request.now.timestamp()),
        "exp": exchange.expires_at,
        "jti": f"{subject.family}{FAMILY_SEPARATOR}{secrets.token_urlsafe(9)}",
        "scope": " ".join(target.scopes),
        "auth_time": subject.auth_time,
        "sid": subject.sid,
        "act": exchange.act,
    }
    if subject.named_claims and target.audience == issuer.name:
        claims["userinfo_claims"] = list(subject.named_claims)
    if token_request.dpop_jkt:
        claims["cnf"] = {"jkt": token_request.dpop_jkt}
    return sign(claims, key=issuer.active[client.tokens.access_token_algorithm], typ=ACCESS_TOKEN_TYPE)
