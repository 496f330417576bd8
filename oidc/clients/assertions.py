"""Assertions by which clients authenticate: read strictly, and verified by joserfc with a key of that client.

The algorithm is one of a short list, and one that the key is for; a key or an address of keys in the header counts for
nothing (RFC 8725 section 3). Our own tokens are read in `oidc.keys.jws`, and never here.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from applications.lookup.clients import RegisteredClient
from common.crypto.public_keys import ALGORITHMS, PublicKey
from oidc.clients.keys import keys_of_client
from oidc.clients.policies import assertion_problem
from oidc.wire.errors import InvalidClient

MAX_ASSERTION_LENGTH = 16 * 1024
MAX_HEADER_LENGTH = 8 * 1024
_NO_KEY = "No key of the client fits the assertion: compare kid and alg with the registered keys."

_registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_registry.max_header_length = MAX_HEADER_LENGTH


@dataclass(frozen=True)
class AcceptedAssertion:
    """What is left to remember of an assertion: its ID, and when it expires, in seconds since 1970."""

    jti: str
    expires_at: float


def subject_of(assertion: str) -> str:
    """The client an assertion says to be from; nothing is proved yet. Raises `InvalidClient`."""
    _, claims = _read(assertion)
    subject = claims.get("sub")
    if not isinstance(subject, str):
        raise InvalidClient("In an assertion iss and sub are the client_id.")
    return subject


def check_assertion(assertion: str, *, client: RegisteredClient, audiences: frozenset[str]) -> AcceptedAssertion:
    """What the client signed, if it is good now. Raises `InvalidClient`, or `TemporarilyUnavailable` for its keys."""
    signature, claims = _read(assertion)
    header = signature.protected
    if "crit" in header or "b64" in header or header.get("alg") not in ALGORITHMS:
        raise InvalidClient(f"Sign assertions with one of: {', '.join(ALGORITHMS)}.")
    # What costs nothing comes first: nobody makes us fetch keys with an assertion that is no good anyway.
    problem = assertion_problem(claims, client_id=client.client_id, audiences=audiences, now=datetime.now(UTC))
    if problem:
        raise InvalidClient(problem)
    key = _key_for(header, client)
    try:
        is_signed = jws.validate_compact(signature, key.key, registry=_registry)
    except (JoseError, ValueError, TypeError) as error:
        raise InvalidClient("The signature of the assertion can't be verified.") from error
    if not is_signed:
        raise InvalidClient("The signature of the assertion is wrong.")
    return AcceptedAssertion(claims["jti"], claims["exp"])


def _read(assertion: str) -> tuple[jws.CompactSignature, dict[str, Any]]:
    try:
        if len(assertion) > MAX_ASSERTION_LENGTH:
            raise ValueError
        signature = jws.extract_compact(assertion.encode(), registry=_registry)
        claims = json.loads(signature.payload)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidClient("The assertion isn't a signed JWT.") from error
    if not isinstance(claims, dict):
        raise InvalidClient("The assertion isn't a signed JWT.")
    return signature, claims


def _key_for(header: dict[str, Any], client: RegisteredClient) -> PublicKey:
    """The key the header names by its `kid`; without one, the only key that fits the algorithm."""
    kid, algorithm = header.get("kid"), header["alg"]
    if "kid" in header and not isinstance(kid, str):
        raise InvalidClient(_NO_KEY)
    keys = keys_of_client(client, kid=kid)
    fitting = [key for key in keys if algorithm in key.algorithms and kid in {None, key.kid}]
    if not fitting and len(keys) == 1 and not keys[0].kid and algorithm in keys[0].algorithms:
        # The only key was registered without a name, so whichever name the client gives it is fine.
        return keys[0]
    if len(fitting) != 1:
        raise InvalidClient(_NO_KEY)
    return fitting[0]
