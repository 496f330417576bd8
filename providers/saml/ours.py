"""What we publish about ourselves at a SAML provider: our metadata."""

from collections.abc import Sequence

from lxml import etree

from providers.models import IdentityProvider
from providers.saml.decryption import KEY_BYTES, OAEP
from providers.saml.documents import SAML_2
from providers.saml.keys import certificate_of
from providers.saml.requests import POST
from providers.saml.rules import PERSISTENT
from providers.saml.xml import NAMES, Element, tag

CONTENT_TYPE = "application/samlmetadata+xml"


def metadata_for(provider: IdentityProvider, *, entity_id: str, places: Sequence[str]) -> bytes:
    """Our metadata for this provider (Metadata section 2.4.4). `places` are where answers are sent, the usual first."""
    root = etree.Element(
        tag("md:EntityDescriptor"), {"entityID": entity_id}, nsmap={name: NAMES[name] for name in ("md", "ds")}
    )
    role = etree.SubElement(
        root,
        tag("md:SPSSODescriptor"),
        {
            "AuthnRequestsSigned": "true" if provider.signs_requests else "false",
            "WantAssertionsSigned": "true",
            "protocolSupportEnumeration": SAML_2,
        },
    )
    _add_key(role, provider, use="signing")
    encryption = _add_key(role, provider, use="encryption")
    for algorithm in (*KEY_BYTES, OAEP):
        etree.SubElement(encryption, tag("md:EncryptionMethod"), {"Algorithm": algorithm})
    if not provider.subject_attribute:
        etree.SubElement(role, tag("md:NameIDFormat")).text = PERSISTENT
    for index, place in enumerate(places):
        service = etree.SubElement(role, tag("md:AssertionConsumerService"), {"Binding": POST, "Location": place})
        service.attrib.update({"index": str(index), "isDefault": "true" if index == 0 else "false"})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add_key(role: Element, provider: IdentityProvider, *, use: str) -> Element:
    key = etree.SubElement(role, tag("md:KeyDescriptor"), {"use": use})
    data = etree.SubElement(etree.SubElement(key, tag("ds:KeyInfo")), tag("ds:X509Data"))
    etree.SubElement(data, tag("ds:X509Certificate")).text = certificate_of(provider)
    return key
