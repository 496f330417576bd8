"""Auth.js, unmodified: sign-in, the refresh of its guide, and sign-out here and at the issuer."""

import json
import subprocess
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

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
from tests.clients.customer import Customer
from tests.clients.nodejs import NODE_FOLDER, node

pytestmark = pytest.mark.client
SHOP = "https://shop.example"
CALLBACK = f"{SHOP}/auth/callback/acme"


class AuthJs:
    """The application's server: hands requests to Auth.js, and keeps the browser's cookies."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.cookies: dict[str, str] = {}
        self.process = subprocess.Popen(
            [node(), "auth_js.mjs", json.dumps(settings)],
            cwd=NODE_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, path: str, *, form: dict[str, str] | None = None, data: Any = None) -> dict[str, Any]:
        """Send a request, with a body if there is a form or JSON, and return what Auth.js answers."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        request: dict[str, Any] = {"url": path if path.startswith("https:") else f"{SHOP}/auth/{path}"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            request |= {"method": "POST", "body": urlencode(form)}
        elif data is not None:
            headers["Content-Type"] = "application/json"
            request |= {"method": "POST", "body": json.dumps(data)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({**request, "headers": headers}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        answer: dict[str, Any] = json.loads(line)
        for name, value in answer["headers"]:
            if name == "set-cookie":
                self._keep(value)
        return answer

    def press(self, action: str) -> str:
        """Press a button of its pages, and return where it leads."""
        token = json.loads(self.ask("csrf")["body"])["csrfToken"]
        return location_of(self.ask(action, form={"csrfToken": token, "callbackUrl": f"{SHOP}/"}))

    def session(self) -> dict[str, Any] | None:
        session: dict[str, Any] | None = json.loads(self.ask("session")["body"])
        return session

    def _keep(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            self.cookies.pop(name, None)
            if morsel.value:
                self.cookies[name] = morsel.value


def location_of(answer: dict[str, Any]) -> str:
    return next(value for name, value in answer["headers"] if name == "location")


@pytest.fixture
def application(acme: Tenant) -> Application:
    with tenant_context(acme):
        return register_application(
            name="Shop",
            kind=Application.Kind.WEB,
            redirect_uris=[CALLBACK],
            post_logout_redirect_uris=[f"{SHOP}/"],
            actor=Actor.command(),
        )


@pytest.fixture
def shop(live_server: LiveServer, acme: Tenant, application: Application) -> Iterator[AuthJs]:
    with tenant_context(acme):
        secret = new_secret(application)
    settings = {"issuer": f"{base_url(acme)}/oidc", "clientId": application.client_id, "clientSecret": secret}
    shop = AuthJs(settings)
    yield shop
    shop.process.terminate()
    shop.process.communicate()


def test_auth_js_signs_carol_in_refreshes_and_signs_out(shop: AuthJs, acme: Tenant, carol: Account) -> None:
    browser = Customer()
    answers = {"email": carol.email, "password": PASSWORD}
    callback = browser.go(shop.press("signin/acme"), until=CALLBACK, answers=answers)
    assert location_of(shop.ask(callback)) == f"{SHOP}/"
    session = shop.session()
    assert session is not None
    assert session["user"]["email"] == carol.email
    assert session["user"]["name"] == "Carol Carter"
    first = session["held"]

    token = json.loads(shop.ask("csrf")["body"])["csrfToken"]
    renewed = json.loads(shop.ask("session", data={"csrfToken": token, "data": {}})["body"])["held"]
    assert renewed["access_token"] != first["access_token"]
    assert renewed["refresh_token"] != first["refresh_token"]

    assert shop.press("signout") == f"{SHOP}/"
    assert shop.session() is None
    asked = {"id_token_hint": renewed["id_token"], "post_logout_redirect_uri": f"{SHOP}/"}
    signed_out = browser.http.get(f"{base_url(acme)}/oidc/logout?{urlencode(asked)}")
    assert signed_out.headers["location"] == f"{SHOP}/"
    again = browser.http.get(shop.press("signin/acme"), follow_redirects=True)
    assert 'type="email"' in again.text


def test_auth_js_takes_no_callback_of_another_browser(shop: AuthJs, carol: Account) -> None:
    answers = {"email": carol.email, "password": PASSWORD}
    callback = Customer().go(shop.press("signin/acme"), until=CALLBACK, answers=answers)
    shop.cookies.clear()
    assert "error" in location_of(shop.ask(callback))
    assert shop.session() is None
