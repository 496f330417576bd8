"""Carol is asked something before she returns to Bookshop: on her phone, and in a language from right to left."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.services.permissions import ask_for_consent
from oidc.services.consents import give_consent
from tenants.models import Tenant
from tests.oidc.apis import COMMAND, READ, found_orders
from tests.oidc.relying_party import RelyingParty
from tests.oidc.test_devices_in_a_browser import PHONE, sign_in
from tests.userflows.test_in_a_browser import check, open_page  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["en", "ar"])
def page(request: pytest.FixtureRequest, acme: Tenant, carol: Account, open_page: Any) -> Page:  # noqa: F811
    """Carol's phone, on which she has signed in."""
    page: Page = open_page("/t/acme/sign-in/", locale=request.param, **PHONE)
    sign_in(page)
    expect(page.get_by_text("carol@acme.example").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if request.param == "ar" else "ltr")
    return page


def ask(page: Page, shop: RelyingParty, **parameters: str) -> None:
    page.goto(f"/t/acme/oidc/authorize?{urlencode(shop.request(**parameters))}")


def test_carol_can_use_the_page_that_asks_for_consent(page: Page, shop: RelyingParty, acme: Tenant) -> None:
    orders = found_orders(acme)
    orders.permit(shop.application, orders.read, orders.write)
    with tenant_context(acme):
        ask_for_consent(shop.application, asks=True, actor=COMMAND)
    ask(page, shop, scope=f"openid profile email {READ}")
    expect(page.locator("button[value=allow]")).to_be_visible()
    check(page)


def test_carol_can_use_the_page_of_what_she_has_allowed(
    page: Page, shop: RelyingParty, acme: Tenant, carol: Account
) -> None:
    with tenant_context(acme):
        give_consent(carol, shop.application, scopes=["profile", "email"])
    page.goto("/t/acme/oidc/applications/")
    expect(page.get_by_text("Bookshop").first).to_be_visible()
    check(page)


def test_carol_can_use_the_page_that_asks_which_account(page: Page, shop: RelyingParty) -> None:
    ask(page, shop, prompt="select_account")
    expect(page.get_by_text("carol@acme.example").first).to_be_visible()
    check(page)


def test_carol_can_use_the_page_that_asks_whether_to_sign_out(page: Page) -> None:
    page.goto("/t/acme/oidc/logout")
    expect(page.locator("button.primary")).to_be_visible()
    check(page)


def test_carol_can_use_the_page_that_refuses_a_request(page: Page, shop: RelyingParty) -> None:
    ask(page, shop, redirect_uri="https://evil.example/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check(page)
