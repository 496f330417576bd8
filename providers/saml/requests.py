"""What a customer is sent to a SAML provider with: a request in the address (Bindings section 3.4)."""

import base64
import zlib
from datetime import UTC, datetime
from urllib.parse import urlencode

from lxml import etree

from common.crypto.encryption import CannotUnseal
from common.text.translation import gettext_noop as _
from providers.errors import ProviderFailed
from providers.models import IdentityProvider
from providers.relying_party.exchange import Request
from providers.saml.documents import SamlMetadata, metadata_of
from providers.saml.keys import SIGNED_BY, signature_of
from providers.saml.rules import PERSISTENT
from providers.saml.xml import NAMES, tag

POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


def sign_in_url(provider: IdentityProvider, request: Request) -> str:
    """Where to send the browser. Raises `ProviderFailed`."""
    metadata = metadata_of(provider)
    asked = {"SAMLRequest": _deflated(_authn_request(provider, metadata, request)), "RelayState": request.state}
    if provider.signs_requests:
        asked["SigAlg"] = SIGNED_BY
        try:
            signature = signature_of(provider, urlencode(asked).encode())
        except CannotUnseal as gone:
            raise ProviderFailed(
                _("Our key can’t be read: its encryption key is gone. Add the provider again.")
            ) from gone
        asked["Signature"] = base64.b64encode(signature).decode()
    between = "&" if "?" in metadata.sign_in_url else "?"
    return f"{metadata.sign_in_url}{between}{urlencode(asked)}"


def _authn_request(provider: IdentityProvider, metadata: SamlMetadata, request: Request) -> bytes:
    """Core section 3.4.1. Its ID is made of the state, so that its answer can be told without keeping it."""
    root = etree.Element(
        tag("samlp:AuthnRequest"),
        {
            "ID": request.challenge.request_id,
            "Version": "2.0",
            "IssueInstant": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": metadata.sign_in_url,
            "AssertionConsumerServiceURL": request.redirect_uri,
            "ProtocolBinding": POST,
        },
        nsmap={name: NAMES[name] for name in ("samlp", "saml")},
    )
    if request.asks_anew or request.offers_choice:
        root.set("ForceAuthn", "true")
    etree.SubElement(root, tag("saml:Issuer")).text = request.entity_id
    if not provider.subject_attribute:
        etree.SubElement(root, tag("samlp:NameIDPolicy"), {"Format": PERSISTENT, "AllowCreate": "true"})
    return bytes(etree.tostring(root))


def _deflated(document: bytes) -> str:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return base64.b64encode(packer.compress(document) + packer.flush()).decode()
