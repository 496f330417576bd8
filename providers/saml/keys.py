"""Our key at a SAML provider: it signs requests, and decrypts assertions. Its certificate goes into our metadata."""

import base64
import json
from datetime import datetime, timedelta
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.utils import timezone
from joserfc.jwk import RSAKey

from common.crypto.encryption import seal, unseal
from providers.credentials import sealing_context
from providers.models import IdentityProvider

KEY_BITS = 2048
# Nobody goes by it: what counts is the key, and that the provider got it from our metadata.
CERTIFICATE_LASTS = timedelta(days=20 * 365)
SIGNED_BY = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def make_key(provider: IdentityProvider) -> None:
    """Put a new key on the row, unsaved: its private half sealed, its public one with a certificate (RFC 7517, x5c)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    certificate = _certificate(key, timezone.now(), name=f"{provider.pk}")
    jwk = RSAKey.import_key(key)
    der = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    provider.public_jwk = {**jwk.as_dict(private=False), "x5c": [der]}
    private = json.dumps(jwk.as_dict(private=True)).encode()
    provider.sealed_private_key = seal(private, context=sealing_context(provider.pk))


def certificate_of(provider: IdentityProvider) -> str:
    """Our certificate for this provider, as base64 of DER."""
    return str(provider.public_jwk["x5c"][0])


def private_key_of(provider: IdentityProvider) -> rsa.RSAPrivateKey:
    """Our key for this provider. Raises `CannotUnseal`."""
    kept = json.loads(unseal(provider.sealed_private_key, context=sealing_context(provider.pk)))
    return cast(rsa.RSAPrivateKey, RSAKey.import_key(kept).private_key)


def signature_of(provider: IdentityProvider, said: bytes) -> bytes:
    """Our signature of this, as `SIGNED_BY` says. Raises `CannotUnseal`."""
    return private_key_of(provider).sign(said, padding.PKCS1v15(), hashes.SHA256())


def _certificate(key: rsa.RSAPrivateKey, now: datetime, *, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + CERTIFICATE_LASTS)
        .sign(key, hashes.SHA256())
    )
