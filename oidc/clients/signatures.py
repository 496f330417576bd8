"""What clients sign, be it an assertion or a request: read strictly, and verified by joserfc with a key of that client.

The algorithm is one of a short list, and one that the key is for; a key or an address of keys in the header counts for
nothing (RFC 8725 section 3). Our own tokens are read in `oidc.keys.jws`, and never here.
"""

import json
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from applications.lookup.clients import RegisteredClient
from common.crypto.public_keys import ALGORITHMS, PublicKey
from oidc.clients.keys import keys_of_client

MAX_LENGTH = 16 * 1024
MAX_HEADER_LENGTH = 8 * 1024
NO_KEY = "No key of the client fits the signature: compare kid and alg with the registered keys."

_registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_registry.max_header_length = MAX_HEADER_LENGTH


class WrongSignature(Exception):
    """The message says what is wrong, as a sentence for developers."""


@dataclass(frozen=True)
class Signed:
    """What somebody has signed; who it was isn't known yet. `typ` is "" if the header says none."""

    claims: dict[str, Any]
    typ: Any
    compact: jws.CompactSignature


def read_signed(text: str) -> Signed:
    """What stands in a signed JWT. Raises `WrongSignature`."""
    try:
        if len(text) > MAX_LENGTH:
            raise ValueError
        compact = jws.extract_compact(text.encode(), registry=_registry)
        claims = json.loads(compact.payload)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WrongSignature("This isn't a signed JWT.") from error
    if not isinstance(claims, dict):
        raise WrongSignature("This isn't a signed JWT.")
    return Signed(claims, compact.protected.get("typ", ""), compact)


def check_algorithm(signed: Signed, *, client: RegisteredClient) -> None:
    """Whether the header names an algorithm that the client may use, and nothing that changes what it means.

    It costs nothing, where `check_signature` may fetch keys. Raises `WrongSignature`.
    """
    header = signed.compact.protected
    if "crit" in header or "b64" in header or header.get("alg") not in client.algorithms:
        raise WrongSignature(f"Sign with one of: {', '.join(client.algorithms)}.")


def check_signature(signed: Signed, *, client: RegisteredClient) -> None:
    """Whether a key of the client has made the signature, once its algorithm was checked.

    Raises `WrongSignature`, or for keys that can't be fetched `InvalidClient` or `TemporarilyUnavailable`.
    """
    key = _key_for(signed.compact.protected, client)
    try:
        is_right = jws.validate_compact(signed.compact, key.key, registry=_registry)
    except (JoseError, ValueError, TypeError) as error:
        raise WrongSignature("The signature can't be verified.") from error
    if not is_right:
        raise WrongSignature("The signature is wrong.")


def _key_for(header: dict[str, Any], client: RegisteredClient) -> PublicKey:
    """The key the header names by its `kid`; without one, the only key that fits the algorithm."""
    kid, algorithm = header.get("kid"), header["alg"]
    if "kid" in header and not isinstance(kid, str):
        raise WrongSignature(NO_KEY)
    keys = keys_of_client(client, is_sought=None if kid is None else lambda key: key.kid == kid)
    fitting = [key for key in keys if algorithm in key.algorithms and kid in {None, key.kid}]
    if not fitting and len(keys) == 1 and not keys[0].kid and algorithm in keys[0].algorithms:
        # The only key was registered without a name, so whichever name the client gives it is fine.
        return keys[0]
    if len(fitting) != 1:
        raise WrongSignature(NO_KEY)
    return fitting[0]
