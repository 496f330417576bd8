"""A SAML identity provider as other people wrote it (samlify): it reads our metadata, our request, and answers."""

import base64
import json
import subprocess
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from django_tenants.utils import tenant_context

from providers.models import IdentityProvider
from providers.policies import SAML
from tenants.models import Tenant
from tests.browser import Browser
from tests.clients.nodejs import NODE_FOLDER, node
from tests.providers.conftest import go_there
from tests.providers.people import change, linked_with
from tests.providers.saml import CERTIFICATE, ENTITY_ID, KEY, SIGN_IN
from tests.userflows.customer import Customer

pytestmark = [pytest.mark.client, pytest.mark.django_db]
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
KEY_PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
SETTINGS: dict[str, Any] = {
    "entityID": ENTITY_ID,
    "privateKey": KEY_PEM,
    "signingCert": CERTIFICATE.public_bytes(serialization.Encoding.PEM).decode(),
    "nameIDFormat": ["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"],
    "singleSignOnService": [{"Binding": REDIRECT, "Location": SIGN_IN, "isDefault": True}],
    "requestSignatureAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "dataEncryptionAlgorithm": "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "keyEncryptionAlgorithm": "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    "messageSigningOrder": "sign-then-encrypt",
}
NINA = {"id": "nina-at-samlify", "mail": "nina@new.example", "givenName": "Nina", "sn": "Novak"}


def ask(**what: Any) -> dict[str, str]:
    """What the provider answers with."""
    done = subprocess.run(
        [node(), "saml_idp.mjs"],
        cwd=NODE_FOLDER,
        input=json.dumps(what),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("settings", [{}, {"isAssertionEncrypted": True}], ids=["in the clear", "encrypted"])
def test_its_customers_sign_in_here(
    settings: dict[str, Any], customer: Customer, by_saml: IdentityProvider, acme: Tenant
) -> None:
    published = ask(idp={**SETTINGS, "wantAuthnRequestsSigned": True})["metadata"]
    with tenant_context(acme):
        change(by_saml, metadata_url="", metadata=published, signs_requests=True)
    ours = Browser(acme).get(f"/providers/{by_saml.pk}/metadata").content.decode()
    query = urlsplit(go_there(customer, by_saml)).query
    answer = ask(
        idp={**SETTINGS, **settings, "wantAuthnRequestsSigned": True},
        sp=ours,
        query=dict(parse_qsl(query)),
        # What the signature in the address is of.
        octets=query.partition("&Signature=")[0],
        user=NINA,
    )
    if settings:
        assert b"EncryptedAssertion" in base64.b64decode(answer["response"])
    form = {"SAMLResponse": answer["response"], "RelayState": dict(parse_qsl(query))["RelayState"]}
    back = Browser(acme, checks_csrf=True).post(urlsplit(answer["place"]).path, form)["Location"]
    customer.visit(back)
    assert 'value="Novak"' in customer.text
    customer.submit({"givenName": "Nina", "surname": "Novak"})

    assert customer.is_signed_in
    assert linked_with(acme) == [("nina@new.example", "nina-at-samlify")]
    assert by_saml.kind == SAML
