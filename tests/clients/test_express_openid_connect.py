"""express-openid-connect, unmodified: a web application in Node that signs in, asks, renews and signs out."""

import json
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from audit.services import Actor
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import PASSWORD, new_secret
from tests.clients.customer import Customer, form_of
from tests.clients.nodejs import NODE_FOLDER, node

pytestmark = [pytest.mark.client, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(live_server: LiveServer, acme: Tenant) -> Iterator[str]:
    """The address of the application's own server."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    home = f"http://localhost:{port}"
    with tenant_context(acme):
        application = register_application(
            name="Express shop",
            kind=Application.Kind.WEB,
            redirect_uris=[f"{home}/callback"],
            post_logout_redirect_uris=[home],
            actor=Actor.command(),
        )
        secret = new_secret(application)
    settings = {
        "issuer": f"{base_url(acme)}/oidc",
        "clientId": application.client_id,
        "clientSecret": secret,
        "port": port,
    }
    program = subprocess.Popen(
        [node(), "express_openid_connect.mjs", json.dumps(settings)],
        cwd=NODE_FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    yield home
    program.terminate()
    program.communicate()


def test_express_openid_connect_signs_carol_in_renews_and_signs_out(shop: str, carol: Account) -> None:
    browser = Customer()

    def told() -> dict[str, Any]:
        answer = browser.http.get(f"{shop}/", follow_redirects=True)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    answers = {"email": carol.email, "password": PASSWORD}
    callback = browser.go(f"{shop}/login", until=f"{shop}/callback", answers=answers)
    assert browser.http.get(callback).is_redirect
    first = told()
    assert first["claims"]["sub"] == str(carol.pk)
    assert first["person"]["email"] == carol.email
    assert browser.http.get(f"{shop}/renew").status_code == 303
    second = told()
    assert second["accessToken"]["access_token"] != first["accessToken"]["access_token"]
    assert second["refreshToken"] != first["refreshToken"]
    assert browser.http.get(f"{shop}/logout", follow_redirects=True).url == shop
    assert told() == {"isSignedIn": False}
    # The issuer has forgotten her, too.
    assert "email" in form_of(browser.http.get(f"{shop}/login", follow_redirects=True).text).asks
