"""panva's openid-client, unmodified, walks the whole road."""

import json
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest
from django_tenants.utils import tenant_context
from joserfc.jwk import ECKey
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import BOOKSHOP_CALLBACK, BOOKSHOP_SIGNED_OUT, PASSWORD, new_secret
from tests.clients.customer import Customer
from tests.clients.nodejs import NODE_FOLDER, node


@pytest.fixture(params=["client secret", "key pair"])
def credential(request: pytest.FixtureRequest, acme: Tenant, bookshop: Application) -> dict[str, object]:
    """What Bookshop proves itself with, in the relying party's configuration."""
    with tenant_context(acme):
        if request.param == "client secret":
            return {"clientSecret": new_secret(bookshop)}
        key = ECKey.generate_key("P-256", {"kid": "of the shop"})
        jwks = json.dumps({"keys": [key.as_dict(private=False)]})
        change_application(bookshop, auth_method="private_key_jwt", jwks=jwks, jwks_uri="", actor=Actor.command())
        return {"privateKey": {"kid": "of the shop", **key.as_dict(private=True)}}


@pytest.mark.client
def test_openid_client_signs_carol_in_refreshes_asks_and_signs_out(
    live_server: LiveServer, acme: Tenant, bookshop: Application, credential: dict[str, object], carol: Account
) -> None:
    configuration = {
        "issuer": f"{base_url(acme)}/oidc",
        "clientId": bookshop.client_id,
        **credential,
        "redirectUri": BOOKSHOP_CALLBACK,
        "signedOutUri": BOOKSHOP_SIGNED_OUT,
        "scope": "openid profile email offline_access",
    }
    relying_party = subprocess.Popen(
        [node(), "openid_client.mjs", json.dumps(configuration)],
        cwd=NODE_FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert relying_party.stdout is not None
    first_line = relying_party.stdout.readline()
    assert first_line, relying_party.communicate()[1]
    browser = Customer()
    callback = browser.go(
        json.loads(first_line)["authorizationUrl"],
        until=BOOKSHOP_CALLBACK,
        answers={"email": carol.email, "password": PASSWORD},
    )
    output, errors = relying_party.communicate(f"{callback}\n", timeout=60)
    assert relying_party.returncode == 0, errors
    held = json.loads(output)

    assert held["claims"]["sub"] == str(carol.pk)
    assert held["userinfo"]["given_name"] == "Carol"
    assert held["userinfo"]["loyaltyNumber"] == "C-1001"
    assert held["userinfo"]["email"] == carol.email
    assert held["introspection"]["active"] is True
    assert held["rotated"] is True
    assert held["afterRevocation"] == "invalid_grant"
    signed_out = browser.go(held["endSessionUrl"], until=BOOKSHOP_SIGNED_OUT, answers={})
    assert parse_qs(urlsplit(signed_out).query) == {"state": ["bye"]}
