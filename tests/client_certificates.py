"""Certificates that clients show, an authority that vouches for some of them, and how proxies hand them on."""

import base64
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NAMES = [
    x509.DNSName("shop.acme.example"),
    x509.UniformResourceIdentifier("spiffe://acme/shop"),
    x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
    x509.RFC822Name("shop@acme.example"),
]


@dataclass(frozen=True)
class Holder:
    """Who holds a certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def der(self) -> str:
        """In base64."""
        return base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()

    @property
    def escaped(self) -> str:
        """As nginx hands it on ($ssl_client_escaped_cert)."""
        return quote(self.pem)

    @property
    def thumbprint(self) -> str:
        digest = self.certificate.fingerprint(hashes.SHA256())
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def written_to(self, folder: Path, name: str) -> tuple[str, str]:
        """The paths of certificate and key."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_text(self.pem)
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return str(certificate), str(key)


def certified(subject: str, *, by: Holder | None = None, days: int = 1) -> Holder:
    """Somebody with a certificate for this subject (RFC 4514) and `NAMES`, which an authority or only itself signs."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string(subject), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
    )
    return Holder(builder.sign(by.key if by else key, hashes.SHA256()), key)
