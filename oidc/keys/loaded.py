"""The signing keys of an issuer: made, kept encrypted, loaded once in a process, and used to sign and verify.

A tenant has two from its birth: RS256, which OpenID Connect lets every client assume, signs ID tokens; ES256, which is
quicker to make and to check, signs access tokens. A key's ID is its RFC 7638 thumbprint.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from common.crypto.encryption import seal, unseal
from oidc.wire.encoding import base64url, thumbprint

RS256, ES256 = "RS256", "ES256"
ALGORITHMS = (RS256, ES256)
RSA_BITS = 2048
RSA_EXPONENT = 65537
P256_BYTES = 32
MAX_LOADED = 10_000
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class LoadedKey:
    """A key ready for use. `public_jwk` is what the JWKS publishes."""

    kid: str
    algorithm: str
    public_jwk: dict[str, str]
    private_key: PrivateKey = field(repr=False)

    def sign(self, signed: bytes) -> bytes:
        """The JWS signature of these bytes (RFC 7518 sections 3.3 and 3.4)."""
        if isinstance(self.private_key, rsa.RSAPrivateKey):
            return self.private_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self.private_key.sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")

    def verifies(self, signature: bytes, signed: bytes) -> bool:
        """Whether this key made the signature."""
        try:
            if isinstance(self._public_key, rsa.RSAPublicKey):
                self._public_key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
            else:
                if len(signature) != 2 * P256_BYTES:
                    return False
                r, s = signature[:P256_BYTES], signature[P256_BYTES:]
                encoded = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
                self._public_key.verify(encoded, signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _public_key(self) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
        return self.private_key.public_key()


def new_key(algorithm: str) -> LoadedKey:
    """Make a key. An RSA key takes some 50 ms unless one waits in the pool."""
    private_key: PrivateKey = rsa_keys.take() if algorithm == RS256 else ec.generate_private_key(ec.SECP256R1())
    members = _public_members(private_key)
    kid = thumbprint(members)
    return LoadedKey(kid, algorithm, members | {"kid": kid, "alg": algorithm, "use": "sig"}, private_key)


def seal_private_key(key: LoadedKey, *, schema: str) -> str:
    """The private part, encrypted for this row of this tenant alone."""
    encoded = key.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return seal(encoded, context=sealing_context(schema, key.kid))


_loaded: dict[tuple[str, str], LoadedKey] = {}


def load_key(*, schema: str, kid: str, algorithm: str, public_jwk: dict[str, str], sealed: str) -> LoadedKey:
    """The key, decrypted at its first use in this process. Raises `common.crypto.encryption.CannotUnseal`."""
    key = _loaded.get((schema, kid))
    if key is None:
        encoded = unseal(sealed, context=sealing_context(schema, kid))
        # We made and sealed it ourselves; checking its primes again would take 40 ms.
        private_key: Any = load_der_private_key(encoded, None, unsafe_skip_rsa_key_validation=True)
        key = LoadedKey(kid, algorithm, public_jwk, private_key)
        if len(_loaded) >= MAX_LOADED:
            _loaded.clear()
        _loaded[schema, kid] = key
    return key


class RsaKeyPool:
    """A few RSA keys made ahead of need, so that nobody waits for one while a tenant is founded.

    A server calls `keep_filled`; from then on a thread makes up for what is taken. Commands do without.
    """

    def __init__(self, size: int = 2) -> None:
        self._keys: deque[rsa.RSAPrivateKey] = deque()
        self._size = size
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def take(self) -> rsa.RSAPrivateKey:
        """A key nobody else has."""
        try:
            return self._keys.popleft()
        except IndexError:
            return _new_rsa_key()
        finally:
            self._wanted.set()

    def keep_filled(self) -> None:
        """Start the thread, once in a process."""
        if self._thread is not None:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._fill, name="rsa-keys", daemon=True)
                self._thread.start()

    def _fill(self) -> None:
        while True:
            while len(self._keys) < self._size:
                self._keys.append(_new_rsa_key())
            self._wanted.wait()
            self._wanted.clear()


rsa_keys = RsaKeyPool()


def _new_rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(RSA_EXPONENT, RSA_BITS)


def _public_members(private_key: PrivateKey) -> dict[str, str]:
    """The required members of the public JWK (RFC 7518 sections 6.2.1 and 6.3.1)."""
    if isinstance(private_key, rsa.RSAPrivateKey):
        rsa_numbers = private_key.public_key().public_numbers()
        return {"kty": "RSA", "n": _of_integer(rsa_numbers.n), "e": _of_integer(rsa_numbers.e)}
    numbers = private_key.public_key().public_numbers()
    x, y = numbers.x.to_bytes(P256_BYTES, "big"), numbers.y.to_bytes(P256_BYTES, "big")
    return {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}


def _of_integer(number: int) -> str:
    return base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def sealing_context(schema: str, kid: str) -> str:
    """What a private part is sealed for: this row of this tenant."""
    return f"signing key {schema} {kid}"
