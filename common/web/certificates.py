"""The certificate that a client has shown to the proxy in front, as the proxy hands it on (RFC 8705).

Only by the header that `CIAM_CLIENT_CERTIFICATE_HEADER` names, which proxies have to write anew or to take away, as a
certificate is nothing secret: whoever could write the header would be any client.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from cryptography import x509
from django.conf import settings

from common.web.http import Head

MAX_LENGTH = 16 * 1024
NEVER, ALWAYS = "never", "always"
# As nginx and HAProxy say it.
VERIFIED = frozenset({"SUCCESS", "0"})
ENVOY = re.compile(r'(?:^|[;,])Cert="([^"]+)"(?=[;,]|$)')
ARMOUR = re.compile(r"-----(?:BEGIN|END) CERTIFICATE-----")


class UnreadableCertificate(Exception):
    """What the proxy has handed on isn't one certificate in a form that is known."""


@dataclass(frozen=True)
class ClientCertificate:
    """A certificate whose key the client holds. `thumbprint` is the SHA-256 of it in base64url (RFC 8705 section 3.1).

    `is_verified` says that the proxy has looked, and somebody it trusts vouches for it.
    """

    certificate: x509.Certificate
    thumbprint: str
    is_verified: bool


def offers_certificates() -> bool:
    """Whether a proxy in front hands certificates on."""
    return bool(settings.CIAM_CLIENT_CERTIFICATE_HEADER)


def verifies_certificates() -> bool:
    """Whether it looks who vouches for them, too."""
    return offers_certificates() and settings.CIAM_CLIENT_CERTIFICATE_VERIFIED != NEVER


def client_certificate(request: Head) -> ClientCertificate | None:
    """The certificate that came with the request; None without one. Raises `UnreadableCertificate`."""
    if not offers_certificates():
        return None
    written = request.headers.get(settings.CIAM_CLIENT_CERTIFICATE_HEADER, "").strip()
    if not written:
        return None
    certificate, thumbprint = read_certificate(written)
    return ClientCertificate(certificate, thumbprint, _is_verified(request))


@lru_cache(maxsize=256)
def read_certificate(written: str) -> tuple[x509.Certificate, str]:
    """A certificate and its thumbprint, as proxies write it into a header. Raises `UnreadableCertificate`.

    nginx and Envoy escape PEM for URLs, the latter among other facts; Traefik leaves its first and last line out;
    HAProxy and Caddy write DER in base64, between colons where RFC 9440 is followed.
    """
    if len(written) > MAX_LENGTH:
        raise UnreadableCertificate
    among_facts = ENVOY.findall(written)
    if len(among_facts) > 1:
        raise UnreadableCertificate
    # A plus is a digit of base64, and never a blank here.
    text = ARMOUR.sub("", unquote(among_facts[0] if among_facts else written))
    try:
        der = base64.b64decode("".join(text.split()).strip(":"), validate=True)
        certificate = x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError, x509.InvalidVersion) as error:
        raise UnreadableCertificate from error
    return certificate, base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def _is_verified(request: Head) -> bool:
    said: str = settings.CIAM_CLIENT_CERTIFICATE_VERIFIED
    if said in {NEVER, ALWAYS}:
        return said == ALWAYS
    return request.headers.get(said, "") in VERIFIED
