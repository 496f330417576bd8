"""Signed tokens in the compact form of RFC 7515: written and read in one place, and read strictly.

A token is accepted only if a key of this issuer with the key ID in its header, and with the algorithm that key is for,
made its signature, and if its `typ` is the one asked for. No other header member is looked at, and `crit` is refused,
so neither `none` nor a key carried in the header nor a change of algorithm has a way in (RFC 8725 section 3).
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from oidc.keys.loaded import LoadedKey
from oidc.wire.encoding import base64url

MAX_TOKEN_LENGTH = 16 * 1024
MOST_REMEMBERED = 50_000
_good: set[bytes] = set()
"""Digests of tokens whose signature was right, which stays so: the one that an application shows each time is checked
once. It names its key by that key's thumbprint, so it could be no other's."""
_headers: dict[str, dict[str, Any]] = {}
"""The headers of these, as they are written: a key writes few."""


class NotOurToken(Exception):
    """The text isn't a token of this kind that one of the keys signed."""


def sign(claims: Mapping[str, Any], *, key: LoadedKey, typ: str) -> str:
    """The claims as a signed token, in UTF-8 (RFC 8725 section 3.7); without `typ`, one that `verify` never takes for a
    token of ours.
    """
    # An escape is twice as long as a letter of most scripts.
    payload = base64url(json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode())
    signed = f"{_header(key.algorithm, key.kid, typ)}.{payload}"
    return f"{signed}.{base64url(key.sign(signed.encode()))}"


def verify(token: str, *, keys: Mapping[str, LoadedKey], typ: str) -> dict[str, Any]:
    """The claims of a token, whether expired or not. Raises `NotOurToken`."""
    if len(token) > MAX_TOKEN_LENGTH or token.count(".") != 2:
        raise NotOurToken
    signed, _, signature = token.rpartition(".")
    encoded_header, _, payload = signed.partition(".")
    header = _headers.get(encoded_header) or _object(encoded_header)
    kid = header.get("kid")
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None or header.get("alg") != key.algorithm or header.get("typ") != typ or "crit" in header:
        raise NotOurToken
    if "b64" in header or not _is_right(token, key=key, signature=signature, signed=signed):
        raise NotOurToken
    _headers[encoded_header] = header
    return _object(payload)


def unverified(token: str) -> dict[str, Any]:
    """What a token says, whoever made it; nothing if it can't be read."""
    try:
        return _object(token.split(".")[1])
    except (NotOurToken, IndexError):
        return {}


def _is_right(token: str, *, key: LoadedKey, signature: str, signed: str) -> bool:
    digest = hashlib.sha256(token.encode()).digest()
    if digest in _good:
        return True
    if not key.verifies(_decode(signature), signed.encode()):
        return False
    if len(_good) >= MOST_REMEMBERED:
        _good.clear()
        _headers.clear()
    _good.add(digest)
    return True


@lru_cache(maxsize=4096)
def _header(algorithm: str, kid: str, typ: str) -> str:
    members = {"typ": typ, "alg": algorithm, "kid": kid} if typ else {"alg": algorithm, "kid": kid}
    return base64url(json.dumps(members, separators=(",", ":")).encode())


def _decode(encoded: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotOurToken from error
    # Python skips what isn't in the alphabet; one spelling of a token is enough.
    if base64url(raw) != encoded:
        raise NotOurToken
    return raw


def _object(encoded: str) -> dict[str, Any]:
    try:
        value = json.loads(_decode(encoded))
    except (ValueError, RecursionError) as error:
        raise NotOurToken from error
    if not isinstance(value, dict):
        raise NotOurToken
    return value
