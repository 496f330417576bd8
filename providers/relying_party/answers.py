"""What an OpenID provider answers with: an ID token, of which nothing is taken on trust."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from common.crypto.public_keys import ALGORITHMS
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from providers.errors import AnswerRefused, ProviderFailed
from providers.models import IdentityProvider
from providers.policies import MICROSOFT, does_for_tenant, id_token_problem, with_whole_issuer
from providers.relying_party.documents import OpenIdMetadata, ProviderKey, keys_of
from providers.relying_party.exchange import Identity, ProviderAnswer, base64url
from providers.relying_party.tokens import MAX_TOKEN_LENGTH, bearer_in, code_of, redeem, told_about

MAX_HEADER_LENGTH = 8 * 1024
_registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_registry.max_header_length = MAX_HEADER_LENGTH


def identity_from(
    provider: IdentityProvider,
    metadata: OpenIdMetadata,
    answer: ProviderAnswer,
    *,
    is_known: Callable[[Identity], bool],
) -> Identity:
    """Redeem the code: who has come, with what UserInfo tells besides about whoever isn't known yet.

    Raises `ProviderFailed`, `AnswerRefused` or `TurnedBack`.
    """
    code, challenge = code_of(answer), answer.challenge
    answered = redeem(provider, metadata, code=code, redirect_uri=answer.redirect_uri, verifier=challenge.verifier)
    token, bearer = answered.get("id_token"), bearer_in(answered)
    if not isinstance(token, str):
        raise ProviderFailed(_("The provider gave no ID token for the code."))
    claims = with_whole_issuer(_verified(provider, metadata, token), kind=provider.kind)
    problem = id_token_problem(
        claims,
        issuer=metadata.issuer,
        client_id=provider.client_id,
        nonce=challenge.nonce,
        now=time.time(),
        is_asked_anew=answer.is_asked_anew,
    )
    if problem:
        raise AnswerRefused(_("The ID token was refused. %(problem)s"), problem=KeptSentence(problem))
    if "at_hash" in claims and bearer and claims["at_hash"] != _half_hash(bearer):
        raise AnswerRefused(_("The ID token was refused. It came with another access token (at_hash)."))
    identity = Identity(claims["iss"], claims["sub"], claims)
    return identity if is_known(identity) else _with_more(provider, metadata, identity, bearer=bearer)


def _with_more(provider: IdentityProvider, metadata: OpenIdMetadata, identity: Identity, *, bearer: str) -> Identity:
    """The identity with what UserInfo tells besides, if something is missing that it may tell (Core section 5.3)."""
    lacks = any(identity.told(claim) is None for claim in ("email", *provider.claims.values()))
    if not (bearer and metadata.userinfo_endpoint) or not lacks:
        return identity
    told = told_about(bearer, url=metadata.userinfo_endpoint)
    if not isinstance(told, dict) or told.get("sub") != identity.subject:
        raise AnswerRefused(_("The UserInfo endpoint described someone else (sub)."))
    if identity.claims.get("email", told.get("email")) != told.get("email"):
        # That another address is verified says nothing of the one that was signed.
        told.pop("email_verified", None)
    # What was signed goes before what was not.
    return replace(identity, claims={**told, **identity.claims})


def _verified(provider: IdentityProvider, metadata: OpenIdMetadata, token: str) -> dict[str, Any]:
    """The claims of a token that one of the provider's keys has signed (RFC 8725 section 3)."""
    signature, claims = _read(token)
    header = signature.protected
    kid, algorithm = header.get("kid"), header.get("alg")
    if "crit" in header or "b64" in header or algorithm not in ALGORITHMS:
        raise AnswerRefused(_("The ID token is signed by none of %(names)s."), names=", ".join(ALGORITHMS))
    if kid is not None and not isinstance(kid, str):
        raise AnswerRefused(_("The ID token names no key."))
    signed_by = _key_for(kid, algorithm, keys_of(provider, metadata, kid=kid))
    try:
        is_signed = jws.validate_compact(signature, signed_by.key.key, registry=_registry)
    except (JoseError, ValueError, TypeError) as error:
        raise AnswerRefused(_("The signature of the ID token can’t be verified.")) from error
    if not is_signed:
        raise AnswerRefused(_("The signature of the ID token is wrong."))
    if provider.kind == MICROSOFT and not does_for_tenant(signed_by.issuer, claims):
        raise AnswerRefused(_("No key of the provider fits the ID token (kid)."))
    return claims


def _read(token: str) -> tuple[jws.CompactSignature, dict[str, Any]]:
    try:
        if len(token) > MAX_TOKEN_LENGTH:
            raise ValueError
        signature = jws.extract_compact(token.encode(), registry=_registry)
        claims = json.loads(signature.payload)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise AnswerRefused(_("The ID token isn’t a signed JWT.")) from error
    if not isinstance(claims, dict):
        raise AnswerRefused(_("The ID token isn’t a signed JWT."))
    return signature, claims


def _key_for(kid: str | None, algorithm: str, keys: tuple[ProviderKey, ...]) -> ProviderKey:
    """The key that the header names; without a name, the only one that fits the algorithm."""
    fitting = [each for each in keys if algorithm in each.key.algorithms and kid in {None, each.key.kid}]
    if len(fitting) != 1:
        raise AnswerRefused(_("No key of the provider fits the ID token (kid)."))
    return fitting[0]


def _half_hash(token: str) -> str:
    """The left half of its SHA-256, which all our algorithms sign by (Core section 3.1.3.6)."""
    return base64url(hashlib.sha256(token.encode()).digest()[:16])
