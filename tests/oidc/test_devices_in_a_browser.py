"""Carol lets a device in, on her phone: in several languages, with and without scripts."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from tenants.models import Tenant
from tests.oidc.devices import begin, poll
from tests.oidc.relying_party import RelyingParty, refused
from tests.oidc.screens import sign_in
from tests.screens import PHONE, check_down_to_narrowest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("locale", ["en", "ar", "ja"])
def test_carol_types_the_code_in(
    television: RelyingParty,
    carol: Account,
    open_page: Callable[..., Page],
    locale: str,
) -> None:
    begun = begin(television)
    page = open_page("/t/acme/device", locale=locale, viewport=PHONE)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ar" else "ltr")
    expect(page.locator("#user_code")).to_be_focused()
    check_down_to_narrowest(page)
    page.keyboard.type("bbbb-bbbb")
    page.keyboard.press("Enter")
    expect(page.locator("#user_code-wrong")).to_be_visible()
    check_down_to_narrowest(page)
    page.fill("#user_code", begun["user_code"].lower().replace("-", " "))
    page.keyboard.press("Enter")
    sign_in(page)
    expect(page.get_by_text(begun["user_code"])).to_be_visible()
    expect(page.get_by_text("carol@acme.example").first).to_be_visible()
    check_down_to_narrowest(page)
    assert refused(poll(television, begun["device_code"]), "authorization_pending")
    page.click("button[value=approve]")
    expect(page.locator("button[value=approve]")).to_have_count(0)
    check_down_to_narrowest(page)
    assert poll(television, begun["device_code"]).status_code == 200


def test_carol_follows_the_address_that_brings_the_code_and_refuses_without_scripts(
    television: RelyingParty,
    acme: Tenant,
    carol: Account,
    open_page: Callable[..., Page],
) -> None:
    begun = begin(television)
    complete = urlsplit(begun["verification_uri_complete"])
    page = open_page(f"{complete.path}?{complete.query}", java_script_enabled=False, viewport=PHONE)
    expect(page.locator("#user_code")).to_have_value(begun["user_code"])
    page.click("button.primary")
    sign_in(page)
    page.click("button[value=deny]")
    expect(page.get_by_role("heading")).to_have_text("Sign-in denied")
    assert refused(poll(television, begun["device_code"]), "access_denied")
