"""A SAML identity provider of the tests' own, which says whatever a story has it say, and signs it or not."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.signer import XMLSigner

from common.web.outgoing import HttpAnswer

ENTITY_ID, SIGN_IN = "https://idp.elsewhere.example/saml", "https://idp.elsewhere.example/sso"
METADATA_URL = "https://idp.elsewhere.example/metadata"
KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
NINAS = {"mail": ["nina@new.example"], "givenName": ["Nina"], "sn": ["Novak"]}


def certificate_of(key: Any, *, days: int = 1) -> x509.Certificate:
    """One that is good for so many days from yesterday on."""
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")]), datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1 + abs(days)))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


CERTIFICATE = certificate_of(KEY)


class _Signer(XMLSigner):
    """Signs by SHA-1 as well."""

    def check_deprecated_methods(self) -> None:
        pass


@dataclass
class Provider:
    """`says` are changes to an assertion and its response, by name; `keys` those whose certificates it publishes.

    `spoils` changes the response once it is signed.
    """

    keys: list[Any] = field(default_factory=lambda: [KEY])
    key: Any = KEY
    attributes: dict[str, list[str]] = field(default_factory=lambda: dict(NINAS))
    asked: dict[str, str] = field(default_factory=dict)
    request: Any = None
    fetched: int = 0

    def call(self, url: str, **_how: Any) -> HttpAnswer:
        assert url == METADATA_URL
        self.fetched += 1
        return HttpAnswer(200, {"content-type": "application/samlmetadata+xml"}, self.metadata().encode())

    def metadata(self, entity_id: str = ENTITY_ID, location: str = SIGN_IN, **certificates: x509.Certificate) -> str:
        """What it publishes."""
        known = list(certificates.values()) or [CERTIFICATE if key is KEY else certificate_of(key) for key in self.keys]
        described = "".join(
            '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
            + base64.b64encode(each.public_bytes(serialization.Encoding.DER)).decode()
            + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            for each in known
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><!-- made by hand -->'
            '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
            f' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entity_id}">'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">{described}'
            '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"'
            f' Location="{location}"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def arrive(self, url: str) -> None:
        """Take the request that a browser brings."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == SIGN_IN
        self.asked = dict(parse_qsl(parts.query))
        self.request = etree.fromstring(zlib.decompress(base64.b64decode(self.asked["SAMLRequest"]), -zlib.MAX_WBITS))

    @property
    def place(self) -> str:
        return str(self.request.get("AssertionConsumerServiceURL"))

    @property
    def entity_id(self) -> str:
        return str(self.request.findtext(f"{{{SAML}}}Issuer"))

    def response(self, *, signs_response: bool = False, signs_assertion: bool = True, **changed: Any) -> Any:
        """The root of a response to the request, signed. `changed` are values below, by name."""
        now = datetime.now(UTC)
        said: dict[str, Any] = {
            "request": self.request.get("ID"),
            "destination": self.place,
            "recipient": self.place,
            "audience": f"<saml:Audience>{self.entity_id}</saml:Audience>",
            "issuer": ENTITY_ID,
            "status": "urn:oasis:names:tc:SAML:2.0:status:Success",
            "format": PERSISTENT,
            "subject": "nina-at-elsewhere",
            "not_before": written(now - timedelta(minutes=5)),
            "until": written(now + timedelta(minutes=5)),
            "confirmed_until": written(now + timedelta(minutes=5)),
            "authenticated_at": written(now),
            "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer",
            "version": "2.0",
            **changed,
        }
        said.setdefault("confirmation_request", said["request"])
        said["attributes"] = "".join(
            f'<saml:Attribute Name="{name}">'
            + "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
            + "</saml:Attribute>"
            for name, values in self.attributes.items()
        )
        root = etree.fromstring(RESPONSE.format(**said))
        if signs_assertion:
            root = self.signed(root, of=f"{{{SAML}}}Assertion")
        return self.signed(root) if signs_response else root

    def signed(self, root: Any, *, of: str = "", **how: Any) -> Any:
        """The same with a signature of the root, or of the first element of this name."""
        element = next(root.iter(of)) if of else root
        signer = _Signer(
            signature_algorithm=how.get("algorithm", SignatureMethod.RSA_SHA256),
            digest_algorithm=how.get("digest", "sha256"),
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        # Alone, as a server signs it that puts the parts together afterwards.
        alone = etree.fromstring(etree.tostring(element, with_tail=False))
        signed = signer.sign(
            alone,
            key=how.get("key", self.key),
            cert=None if "key" in how else [CERTIFICATE],
            reference_uri=f"#{element.get('ID')}",
            id_attribute="ID",
        )
        if element is root:
            return signed
        element.getparent().replace(element, signed)
        return root

    def posts(self, root: Any, *, spoils: Callable[[bytes], bytes] = bytes) -> tuple[str, dict[str, str]]:
        """The path that the browser posts to, and what."""
        document = spoils(root if isinstance(root, bytes) else etree.tostring(root))
        form = {"SAMLResponse": base64.b64encode(document).decode(), "RelayState": self.asked["RelayState"]}
        return urlsplit(self.place).path, form


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


RESPONSE = (
    f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_r1" Version="2.0"'
    ' IssueInstant="{authenticated_at}" Destination="{destination}" InResponseTo="{request}">'
    "<saml:Issuer>{issuer}</saml:Issuer>"
    '<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>'
    '<saml:Assertion ID="_a1" Version="{version}" IssueInstant="{authenticated_at}">'
    "<saml:Issuer>{issuer}</saml:Issuer>"
    '<saml:Subject><saml:NameID Format="{format}">{subject}</saml:NameID>'
    '<saml:SubjectConfirmation Method="{method}"><saml:SubjectConfirmationData Recipient="{recipient}"'
    ' InResponseTo="{confirmation_request}" NotOnOrAfter="{confirmed_until}"/></saml:SubjectConfirmation>'
    "</saml:Subject>"
    '<saml:Conditions NotBefore="{not_before}" NotOnOrAfter="{until}">'
    "<saml:AudienceRestriction>{audience}</saml:AudienceRestriction></saml:Conditions>"
    '<saml:AuthnStatement AuthnInstant="{authenticated_at}" SessionIndex="_s1"><saml:AuthnContext>'
    "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
    "</saml:AuthnContext></saml:AuthnStatement>"
    "<saml:AttributeStatement>{attributes}</saml:AttributeStatement>"
    "</saml:Assertion></samlp:Response>"
)
