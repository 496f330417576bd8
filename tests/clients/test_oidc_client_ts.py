"""oidc-client-ts, unmodified, in a real browser: sign-in, renewal and sign-out of a single-page application.

Version 2 stands for all whose popups talk to their opener; version 3.5 finds another way since.
"""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from audit.services import Actor
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.client, pytest.mark.django_db(transaction=True)]
MODULES = Path(__file__).parent / "node" / "node_modules"
PAGE = """<!doctype html>
<title>A single-page application</title>
<p id="who">nobody</p>
<p id="problem"></p>
<button id="in">Sign in</button> <button id="renew">Renew</button> <button id="out">Sign out</button>
<button id="popup">Enter by popup</button> <button id="out-popup">Leave by popup</button>
<script src="/oidc-client-ts.min.js"></script>
<script>
const manager = new oidc.UserManager({settings});
const show = (user) => {{ document.querySelector("#who").textContent = user?.profile.given_name ?? "nobody"; }};
const tell = (error) => {{ document.querySelector("#problem").textContent = String(error); }};
const press = (id, act) => {{ document.querySelector(id).onclick = () => act().catch(tell); }};
press("#in", () => manager.signinRedirect());
press("#renew", async () => {{ window.renewed = await manager.signinSilent(); show(window.renewed); }});
press("#out", () => manager.signoutRedirect());
press("#popup", () => manager.signinPopup().then(show));
press("#out-popup", () => manager.signoutPopup().then(() => show(null)));
const query = new URLSearchParams(location.search);
const leave = () => manager.signoutCallback().then(() => null);
const arrive = !query.has("state") ? manager.getUser() : query.has("code") ? manager.signinCallback() : leave();
arrive.then((user) => {{ window.user = user; show(user); }}).catch(tell);
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
        self.send_header("Content-Length", str(len(self.page)))
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@pytest.fixture(params=["oidc-client-ts", "oidc-client-ts-2"], ids=["version 3", "version 2"])
def site(request: pytest.FixtureRequest, live_server: LiveServer, acme: Tenant) -> Iterator[str]:
    """The application's own server, at an origin that isn't the issuer's."""
    handler: Any = type("Site", (_Site,), {})
    library = str(MODULES / request.param / "dist" / "browser")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=library))
    origin = f"http://127.0.0.1:{server.server_port}"
    with tenant_context(acme):
        application = register_application(
            name="Loyalty club",
            kind=Application.Kind.SPA,
            redirect_uris=[f"{origin}/"],
            post_logout_redirect_uris=[f"{origin}/"],
            actor=Actor.command(),
        )
    settings = f"""{{
        authority: "{base_url(acme)}/oidc", client_id: "{application.client_id}", redirect_uri: "{origin}/",
        post_logout_redirect_uri: "{origin}/", scope: "openid profile offline_access", automaticSilentRenew: false,
        loadUserInfo: true,
    }}"""
    handler.page = PAGE.format(settings=settings).encode()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield origin
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def test_oidc_client_ts_signs_carol_in_renews_and_signs_out(site: str, page: Page, carol: Account) -> None:
    page.goto(site)
    expect(page.locator("#who")).to_have_text("nobody")
    page.get_by_role("button", name="Sign in").click()
    page.locator("[type=email]").fill(carol.email)
    page.locator("button.primary").click()
    page.locator("[type=password]").fill(PASSWORD)
    page.locator("button.primary").click()
    expect(page.locator("#who")).to_have_text("Carol")
    first = page.evaluate("window.user.access_token")

    page.get_by_role("button", name="Renew").click()
    page.wait_for_function("window.renewed")
    assert page.evaluate("window.renewed.access_token") != first
    assert page.evaluate("window.renewed.profile.sub") == str(carol.pk)
    assert page.locator("#problem").text_content() == ""

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site}/**")
    expect(page.locator("#who")).to_have_text("nobody")
    # The issuer has forgotten them too: it asks again.
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[type=email]")).to_be_visible()


def test_oidc_client_ts_signs_carol_in_and_out_in_a_popup(site: str, page: Page, carol: Account) -> None:
    page.goto(site)
    with page.expect_popup() as opening:
        page.get_by_role("button", name="Enter by popup").click()
    popup = opening.value
    popup.locator("[type=email]").fill(carol.email)
    popup.locator("button.primary").click()
    popup.locator("[type=password]").fill(PASSWORD)
    popup.locator("button.primary").click()
    expect(page.locator("#who")).to_have_text("Carol")
    page.get_by_role("button", name="Leave by popup").click()
    expect(page.locator("#who")).to_have_text("nobody")
    assert page.locator("#problem").text_content() == ""


def test_o44_a_page_at_another_origin_reads_nothing(site: str, page: Page, acme: Tenant) -> None:
    page.goto("about:blank")
    fetched = page.evaluate(
        "address => fetch(address, {method: 'POST'}).then(() => 'read', () => 'kept away')",
        f"{base_url(acme)}/oidc/token",
    )
    assert fetched == "kept away"
