"""A customer at a phone, to a provider and back: a form whose end is another site, with and without scripts."""

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from providers.models import LinkedIdentity
from providers.services import create_provider
from tenants.models import Tenant
from tests.providers.conftest import COMMAND, USUAL
from tests.providers.elsewhere import SECRET, Elsewhere
from tests.providers.people import CAROL, NINA, linked_with
from tests.screens import PHONE, check_down_to_narrowest
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow
from userflows.state import method_of_provider

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(elsewhere: Elsewhere) -> Iterator[Elsewhere]:
    """The provider's site, which sends whoever arrives straight back. (A request that follows a redirect can't be
    answered from here.)"""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            back = elsewhere.sign_in(f"{elsewhere.issuer}{self.path}")
            self.send_response(302)
            self.send_header("Location", f"{elsewhere.asked['redirect_uri'].partition('/t/')[0]}{back}")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    elsewhere.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield elsewhere
    server.shutdown()
    server.server_close()


def set_up(acme: Tenant, site: Elsewhere, *names: str) -> None:
    """Providers of these names, all of them at the site, beside the password."""
    with tenant_context(acme):
        kinds = {"Google": "google"}
        providers = [
            create_provider(
                replace(USUAL, name=name, kind=kinds.get(name, "oidc"), issuer=site.issuer),
                secret=SECRET,
                actor=COMMAND,
            )
            for name in names
        ]
        methods = ("password", *(method_of_provider(each.pk) for each in providers))
        change_user_flow(UserFlow.objects.get(is_default=True), methods=methods, actor=COMMAND)


def test_a_customer_comes_back_from_a_provider_without_scripts(
    acme: Tenant, site: Elsewhere, open_page: Callable[..., Page]
) -> None:
    set_up(acme, site, "Elsewhere")
    site.person = NINA
    page = open_page("/t/acme/sign-in/", viewport=PHONE, java_script_enabled=False)
    page.get_by_role("button", name="Continue with Elsewhere").click()
    expect(page.locator("#givenName")).to_have_value("Nina")
    page.get_by_role("button", name="Create account").click()

    page.wait_for_url("**/t/acme/profile/")
    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_its_pages_fit_a_phone_in_any_language(acme: Tenant, site: Elsewhere, open_page: Callable[..., Page]) -> None:
    set_up(acme, site, "Elsewhere", "Google")
    site.person = CAROL
    page = open_page("/t/acme/sign-in/", locale="de", viewport=PHONE)
    check_down_to_narrowest(page)
    page.get_by_role("button", name="Weiter mit Elsewhere").click()
    expect(page.get_by_role("status").filter(has_text="Sie haben bereits ein Konto")).to_be_visible()
    check_down_to_narrowest(page)
    page.locator("#password").fill("correct horse battery staple")
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/acme/profile/")
    check_down_to_narrowest(page)
    page.get_by_role("link", name="Entfernen").click()
    check_down_to_narrowest(page)
    page.locator("form.step .primary").click()

    expect(page.locator("[data-told=removed]")).to_be_visible()
    with tenant_context(acme):
        assert not LinkedIdentity.objects.exists()
