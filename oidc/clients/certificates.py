"""Clients that show a certificate (RFC 8705): by whose key they authenticate, or to which their tokens are bound."""

from datetime import UTC, datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applications.lookup.clients import RegisteredClient
from applications.policies.credentials import TLS
from common.crypto.certificate_names import names_subject
from common.crypto.public_keys import PublicKey
from common.web.certificates import ClientCertificate, UnreadableCertificate, client_certificate
from common.web.http import Head
from oidc.clients.keys import keys_of_client
from oidc.wire.errors import InvalidClient, InvalidRequest


def certificate_of(request: Head) -> ClientCertificate | None:
    """The certificate that came with the request; None without one. Raises `InvalidRequest`."""
    try:
        return client_certificate(request)
    except UnreadableCertificate as error:
        raise InvalidRequest("The client certificate can't be read.") from error


def thumbprint_of(request: Head) -> str:
    """By which tokens are bound to the certificate of this request; "" without one. Raises `InvalidRequest`."""
    shown = certificate_of(request)
    return shown.thumbprint if shown else ""


def check_certificate(request: Head, *, client: RegisteredClient) -> None:
    """Whether the client proves by its certificate who it is, in the way it is registered for (sections 2.1 and 2.2).

    Raises `InvalidClient`, `InvalidRequest`, or `TemporarilyUnavailable` for its keys.
    """
    shown = certificate_of(request)
    if shown is None:
        raise InvalidClient("This client authenticates by a TLS certificate, and none came with the request.")
    now = datetime.now(UTC)
    if not shown.certificate.not_valid_before_utc <= now <= shown.certificate.not_valid_after_utc:
        raise InvalidClient("The client certificate has expired, or isn't valid yet.")
    if client.credentials.auth_method == TLS:
        _check_subject(shown, client)
    else:
        _check_key(shown, client)


def _check_subject(shown: ClientCertificate, client: RegisteredClient) -> None:
    """Somebody the proxy trusts vouches for what the certificate says, so it is enough to look at that."""
    if not shown.is_verified:
        raise InvalidClient("Nobody who is trusted vouches for the client certificate.")
    expected = client.credentials
    if not names_subject(shown.certificate, field=expected.certificate_field, subject=expected.certificate_subject):
        raise InvalidClient(f"The client certificate isn't the client's: compare its {expected.certificate_field}.")


def _check_key(shown: ClientCertificate, client: RegisteredClient) -> None:
    """What the certificate says counts for nothing, its key is one of the client's."""
    shown_key = _encoded(_key_in(shown))

    def is_shown(known: PublicKey) -> bool:
        return _encoded(known.key.public_key) == shown_key

    if not any(map(is_shown, keys_of_client(client, is_sought=is_shown))):
        raise InvalidClient("The key of the client certificate is none of the client's.")


def _key_in(shown: ClientCertificate) -> RSAPublicKey | EllipticCurvePublicKey:
    try:
        key = shown.certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        key = None
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
        raise InvalidClient("A client certificate has an RSA key or one of the curve P-256.")
    return key


def _encoded(key: RSAPublicKey | EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
