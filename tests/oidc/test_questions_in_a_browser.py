"""Carol is asked something before she returns to Bookshop: on her phone, and in a language from right to left."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from oidc.consents.services import give_consent
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.apis import COMMAND, READ, found_orders
from tests.oidc.relying_party import RelyingParty
from tests.oidc.screens import sign_in
from tests.screens import PHONE, check_down_to_narrowest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["en", "ar"])
def page(request: pytest.FixtureRequest, acme: Tenant, carol: Account, open_page: Callable[..., Page]) -> Page:
    """Carol's phone, on which she has signed in."""
    page: Page = open_page("/t/acme/sign-in/", locale=request.param, viewport=PHONE)
    sign_in(page)
    expect(page.get_by_text("carol@acme.example").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if request.param == "ar" else "ltr")
    return page


def ask(page: Page, shop: RelyingParty, **parameters: str) -> None:
    page.goto(f"/t/acme/oidc/authorize?{urlencode(shop.request(**parameters))}")


def test_carol_can_use_each_page_that_asks_her_something(
    page: Page, shop: RelyingParty, acme: Tenant, carol: Account, mobile: Application
) -> None:
    # Which account.
    ask(page, shop, prompt="select_account")
    expect(page.get_by_text("carol@acme.example").first).to_be_visible()
    check_down_to_narrowest(page)

    # Nothing: the request is refused.
    ask(page, shop, redirect_uri="https://evil.example/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_down_to_narrowest(page)

    # Whether an app is meant that cannot prove itself.
    ask(page, RelyingParty(Browser(acme), mobile))
    expect(page.locator("button[value=allow]")).to_be_visible()
    check_down_to_narrowest(page)

    # Whether to sign out.
    page.goto("/t/acme/oidc/logout")
    expect(page.locator("button.primary")).to_be_visible()
    check_down_to_narrowest(page)

    # For her consent.
    orders = found_orders(acme)
    orders.permit(shop.application, orders.read, orders.write)
    with tenant_context(acme):
        change_application(shop.application, asks_for_consent=True, actor=COMMAND)
    ask(page, shop, scope=f"openid profile email {READ}")
    expect(page.locator("button[value=allow]")).to_be_visible()
    check_down_to_narrowest(page)

    # Whether what she has allowed shall stay so.
    with tenant_context(acme):
        give_consent(carol, shop.application, scopes=["profile", "email"])
    page.goto("/t/acme/oidc/applications/")
    expect(page.get_by_text("Bookshop").first).to_be_visible()
    check_down_to_narrowest(page)
