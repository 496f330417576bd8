"""Proofs of possession (RFC 9449): whoever uses a token shows that it holds the key the token is bound to.

A proof is signed with the key that stands in its own header, so it proves nothing but that its sender holds that key;
what counts is the key's thumbprint. Each proof carries a nonce of ours, so none can be made ahead of time.
"""

import hashlib
import json
from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws
from joserfc.errors import JoseError

from common.crypto.public_keys import ALGORITHMS, PublicKey, WrongKeySet, public_key
from oidc.clients.policies import FAR_FUTURE
from oidc.wire.encoding import base64url, thumbprint
from oidc.wire.errors import InvalidDpopProof, UseDpopNonce
from oidc.wire.nonces import NONCE_LIFETIME, nonce_at
from oidc.wire.requests import Sent

TYPE = "dpop+jwt"
MAX_PROOF_LENGTH = 8 * 1024
MAX_JTI_LENGTH = 256
# How far the client's clock may be off.
CLOCK_SKEW = timedelta(seconds=60)
REQUIRED_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}

_registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_registry.max_header_length = MAX_PROOF_LENGTH


@dataclass(frozen=True)
class Proof:
    """A proof that was accepted. `jkt` is the thumbprint of its key (RFC 7638), `jti` the proof's own name."""

    jkt: str
    jti: str
    expires_at: datetime


def read_proof(
    request: Sent, *, urls: Collection[str], algorithms: Container[str], access_token: str = ""
) -> Proof | None:
    """The proof that comes with a request to an endpoint (RFC 9449 section 4.3); None if there is none.

    It names one of the endpoint's addresses, and is signed by one of these algorithms. Given an access token it must be
    a proof about that token. Raises `InvalidDpopProof` or `UseDpopNonce`.
    """
    encoded = request.headers.get("DPoP")
    if encoded is None:
        return None
    now = datetime.now(UTC)
    header, claims = _verified(encoded)
    if header["alg"] not in algorithms:
        raise InvalidDpopProof("The proof is signed by an algorithm that this application may not use.")
    if claims.get("htm") != request.method or not _is_one_of(urls, claims.get("htu")):
        raise InvalidDpopProof("The proof is for another request: compare htm and htu.")
    if not _is_recent(claims.get("iat"), now):
        raise InvalidDpopProof("The proof was made at another time: iat isn't now.")
    if access_token and claims.get("ath") != _digest(access_token):
        raise InvalidDpopProof("The proof is about another access token: ath isn't its hash.")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI_LENGTH or not jti.isprintable():
        raise InvalidDpopProof(f"A proof has a jti of up to {MAX_JTI_LENGTH} printable characters.")
    if claims.get("nonce") not in (nonce_at(now), nonce_at(now - NONCE_LIFETIME)):
        raise UseDpopNonce("Repeat the request with the nonce of this answer in the proof.")
    jwk = header["jwk"]
    # Only members that were checked count: a thumbprint of others would be another key's.
    jkt = thumbprint({member: jwk[member] for member in REQUIRED_MEMBERS[jwk["kty"]]})
    return Proof(jkt, jti, now + 2 * NONCE_LIFETIME)


def _verified(encoded: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a proof whose signature is right."""
    try:
        if len(encoded) > MAX_PROOF_LENGTH:
            raise ValueError
        signature = jws.extract_compact(encoded.encode(), registry=_registry)
        header, claims = signature.protected, json.loads(signature.payload)
        key = _key_in(header)
        is_right = header.get("typ") == TYPE and jws.validate_compact(signature, key.key, registry=_registry)
    except (JoseError, WrongKeySet, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidDpopProof("The proof isn't a signed JWT with its public key in the header.") from error
    if not is_right or not isinstance(claims, dict):
        raise InvalidDpopProof("The proof's type or signature is wrong.")
    return header, claims


def _key_in(header: dict[str, Any]) -> PublicKey:
    """The one public key in a proof's header, fit for its algorithm. Raises `ValueError` or `WrongKeySet`."""
    jwk = header["jwk"]
    if "crit" in header or "b64" in header or not isinstance(jwk, dict):
        raise ValueError
    # A private key has no place here; whoever sends one has given it away.
    key = public_key(jwk)
    if header.get("alg") not in key.algorithms:
        raise ValueError
    return key


def _is_one_of(urls: Collection[str], claimed: object) -> bool:
    """Whether it is one of them but for query and fragment, scheme and host in whatever case (RFC 3986 section 6)."""
    return isinstance(claimed, str) and _without_query(claimed) in map(_without_query, urls)


def _without_query(url: str) -> tuple[str, str | None, int | None, str] | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme), parts.path
    except ValueError:
        return None


def _is_recent(issued_at: object, now: datetime) -> bool:
    if isinstance(issued_at, bool) or not isinstance(issued_at, int | float) or abs(issued_at) > FAR_FUTURE:
        return False
    return abs(issued_at - now.timestamp()) <= (CLOCK_SKEW + NONCE_LIFETIME).total_seconds()


def _digest(access_token: str) -> str:
    return base64url(hashlib.sha256(access_token.encode()).digest())
