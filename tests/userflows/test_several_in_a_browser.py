"""Carol and Dora share a phone: two accounts side by side, with a script and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.several import make_account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, email: str) -> None:
    page.locator("#email").fill(email)
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/acme/profile/")


@pytest.mark.parametrize(("locale", "scripts"), [("ar", True), ("en", False)])
def test_two_accounts_on_one_phone(
    acme: Tenant, carol: Account, open_page: Callable[..., Page], locale: str, scripts: bool
) -> None:
    dora = make_account(acme, "Dora")
    page = open_page("/t/acme/sign-in/", locale=locale, viewport=PHONE, java_script_enabled=scripts)
    sign_in(page, carol.email)
    page.locator("a[href$='/accounts/']").click()
    page.locator("button[value=another]").click()
    sign_in(page, dora.email)
    old_tab = page.context.new_page()
    old_tab.goto("/t/acme/profile/")
    old_tab.locator("#givenName").fill("Dorothea")
    page.locator(".switcher summary").click()
    page.locator(".switcher .person").click()
    expect(page.get_by_text(carol.email).first).to_be_visible()
    if scripts:
        page.locator(".switcher summary").click()
        check_down_to_narrowest(page)
    # The tab of Dora's is sent late: it asks, has lost nothing, and goes on as Dora.
    old_tab.locator("form[action$='/profile/'] .primary").click()
    expect(old_tab.locator(".ending")).to_contain_text(dora.email)
    if scripts:
        check_down_to_narrowest(old_tab)
    old_tab.locator("button.primary").click()
    expect(old_tab.locator("#givenName")).to_have_value("Dorothea")
    page.goto("/t/acme/accounts/")
    expect(page.locator(".people .person").first).to_contain_text("Dorothea")
    if scripts:
        check_down_to_narrowest(page)
    page.locator(f"button[name=sign-out][value='{dora.pk}']").click()
    expect(page.locator(".people .person")).to_have_count(1)
    expect(page.locator(".people .person")).to_contain_text(carol.email)
