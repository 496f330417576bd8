"""The code of the quick start, run as it stands there: what a developer copies works."""

import functools
import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from django_tenants.utils import tenant_context
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser as Chromium
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from applications.services.registration import register_application
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import BOOKSHOP_CALLBACK, PASSWORD, new_secret
from tests.clients.customer import Customer
from tests.clients.nodejs import NODE_FOLDER, node
from tests.waiting import until

pytestmark = [
    pytest.mark.client,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("live_server", "_environment"),
    pytest.mark.filterwarnings("ignore"),
]
Open = Callable[[str], tuple[str, Any]]


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the quick start says to set, beside what belongs to one application."""
    monkeypatch.setenv("SESSION_KEY", "k" * 32)
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


def run(code: str, name: str = "example") -> ModuleType:
    module = ModuleType(name)
    exec(compile(code, name, "exec"), vars(module))  # noqa: S102 - it is ours
    return module


def code_of(application: Application, portal: Browser, framework: str) -> str:
    page = portal.get(f"/tenants/acme/applications/{application.client_id}/quick-start/", {"with": framework})
    code: str = page.context["code"]
    return code


def opened_in_flask(code: str) -> Open:
    client = run(code).app.test_client()

    def open_page(path: str) -> tuple[str, Any]:
        answer = client.get(path)
        return answer.headers.get("Location", ""), answer.get_json(silent=True)

    return open_page


def opened_in_django(code: str) -> Open:
    site, kept = run(code), SessionStore()

    def open_page(path: str) -> tuple[str, Any]:
        request, session = RequestFactory().get(path), SessionStore()
        # As it comes back from where sessions are kept.
        session.update(kept.decode(kept.encode(dict(kept.items()))) if kept.keys() else {})
        request.session = session
        match = resolve(request.path, urlconf=site)  # type: ignore[arg-type]
        answer: HttpResponse = match.func(request)
        kept.clear()
        kept.update(dict(session.items()))
        return answer.headers.get("Location", ""), json.loads(answer.content or "null")

    return open_page


def give_key_pair(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    monkeypatch.setenv("PRIVATE_KEY", pem.decode())
    jwks = json.dumps(RSAKey.import_key(key.public_key()).as_dict(private=False))
    change_application(application, auth_method="private_key_jwt", jwks=jwks, jwks_uri="", actor=Actor.command())


@pytest.mark.parametrize(
    ("framework", "opened", "has_key_pair"),
    [("flask", opened_in_flask, False), ("flask", opened_in_flask, True), ("django", opened_in_django, False)],
    ids=["flask", "flask with a key pair", "django"],
)
def test_carol_signs_in_to_the_example_in_python(
    acme: Tenant,
    ada_portal: Browser,
    bookshop: Application,
    carol: Account,
    monkeypatch: pytest.MonkeyPatch,
    framework: str,
    opened: Callable[[str], Open],
    has_key_pair: bool,
) -> None:
    with tenant_context(acme):
        if has_key_pair:
            give_key_pair(bookshop, monkeypatch)
        else:
            monkeypatch.setenv("CLIENT_SECRET", new_secret(bookshop))
    open_page = opened(code_of(bookshop, ada_portal, framework))

    assert open_page("/") == ("/sign-in", None)
    authorize, _ = open_page("/sign-in")
    answers = {"email": carol.email, "password": PASSWORD}
    callback = Customer().go(authorize, until=BOOKSHOP_CALLBACK, answers=answers)
    assert open_page(callback.removeprefix("https://bookshop.example")) == ("/", None)

    assert open_page("/")[1]["sub"] == str(carol.pk)


@pytest.fixture
def shop(live_server: LiveServer, acme: Tenant, ada_portal: Browser, tmp_path: Path) -> Iterator[str]:
    """The address of an Express application that is nothing but the code of the quick start."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        home = f"http://localhost:{listener.getsockname()[1]}"
    with tenant_context(acme):
        application = register_application(
            name="Shop", kind=Application.Kind.WEB, redirect_uris=[f"{home}/callback"], actor=Actor.command()
        )
        secret = new_secret(application)
    (tmp_path / "app.mjs").write_text(code_of(application, ada_portal, "express"))
    (tmp_path / "node_modules").symlink_to(NODE_FOLDER / "node_modules")
    environment = {**os.environ, "CLIENT_SECRET": secret}
    program = subprocess.Popen([node(), "app.mjs"], cwd=tmp_path, env=environment)
    yield home
    program.terminate()
    program.wait(20)


def is_there(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True


def test_carol_signs_in_to_the_example_for_express(shop: str, carol: Account) -> None:
    until(lambda: is_there(shop), otherwise="The example doesn't start.")
    customer = Customer()

    answers = {"email": carol.email, "password": PASSWORD}
    callback = customer.go(f"{shop}/", until=f"{shop}/callback", answers=answers)
    told = customer.http.get(callback, follow_redirects=True).json()

    assert told["sub"] == str(carol.pk)


NO_CURL = pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl here.")


@pytest.mark.parametrize("framework", [pytest.param("curl", marks=NO_CURL), "requests", "authlib"])
def test_a_service_gets_its_token_by_the_example(
    acme: Tenant,
    ada_portal: Browser,
    reports: Application,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    framework: str,
) -> None:
    with tenant_context(acme):
        if framework == "authlib":
            give_key_pair(reports, monkeypatch)
        else:
            monkeypatch.setenv("CLIENT_SECRET", new_secret(reports))

    code = code_of(reports, ada_portal, framework)
    if framework == "curl":
        subprocess.run(["sh", "-c", code], check=True)
    else:
        run(code)

    said = capfd.readouterr().out
    token = json.loads(said)["access_token"] if framework == "curl" else said
    assert token.count(".") == 2


PAGE = """<!doctype html>
<title>A single-page application</title>
<script type="importmap">
{"imports": {
  "oidc-client-ts": "/oidc-client-ts/dist/esm/oidc-client-ts.js", "jwt-decode": "/jwt-decode/build/esm/index.js"
}}
</script>
<script type="module">
%s
</script>
"""


class _Site(http.server.SimpleHTTPRequestHandler):
    page = b""

    def do_GET(self) -> None:
        if self.path.endswith(".js"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def club(acme: Tenant, ada_portal: Browser) -> Iterator[str]:
    """The address of a single-page application that is nothing but the code of the quick start."""
    handler: Any = type("Site", (_Site,), {})
    directory = str(NODE_FOLDER / "node_modules")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=directory))
    origin = f"http://127.0.0.1:{server.server_port}"
    with tenant_context(acme):
        application = register_application(
            name="Club", kind=Application.Kind.SPA, redirect_uris=[f"{origin}/"], actor=Actor.command()
        )
    handler.page = (PAGE % code_of(application, ada_portal, "")).encode()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"{origin}/"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_carol_signs_in_to_the_example_for_the_browser(club: str, chromium: Chromium, carol: Account) -> None:
    context = chromium.new_context()
    page = context.new_page()

    page.goto(club)
    page.locator("[type=email]").fill(carol.email)
    page.locator("button.primary").click()
    page.locator("[type=password]").fill(PASSWORD)
    with page.expect_console_message(lambda message: str(carol.pk) in message.text):
        page.locator("button.primary").click()
    context.close()


def test_the_configuration_for_mobile_applications_is_json(ada_portal: Browser, mobile: Application) -> None:
    told = json.loads(code_of(mobile, ada_portal, ""))

    assert told["client_id"] == mobile.client_id
    assert told["redirect_uri"] in mobile.redirect_uri_list
