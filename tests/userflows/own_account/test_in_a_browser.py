"""The account's cards at a screen: on a phone down to the narrowest, and all of it without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.models import Application
from tenants.models import Tenant
from tests.cast import BOOKSHOP_SIGNED_OUT, PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.customer import new_code
from tests.worker import run_jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "carol@new.example"


def sign_in(page: Page, email: str) -> None:
    page.locator("#email").fill(email)
    page.locator("main .primary").click()
    page.locator("#password").fill(PASSWORD)
    page.locator("main .primary").click()


def check_at_twice_the_size(page: Page) -> None:
    """A phone of 390 px at 200 % has half of that (WCAG 2.2, 1.4.4)."""
    page.set_viewport_size({"width": PHONE["width"] // 2, "height": PHONE["height"] // 2})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    page.set_viewport_size(PHONE)


@pytest.mark.parametrize("locale", ["pt-BR", "ar"])
def test_every_card_fits_a_phone(
    acme: Tenant, carol: Account, bookshop: Application, open_page: Callable[..., Page], locale: str
) -> None:
    page = open_page("/t/acme/profile/", locale=locale, viewport=PHONE)
    sign_in(page, carol.email)
    page.wait_for_url("**/profile/*")
    check_down_to_narrowest(page)
    check_at_twice_the_size(page)
    for card in ("email", "activity", "preferences", "data", "delete"):
        page.goto(f"/t/acme/profile/{card}/?return_to={BOOKSHOP_SIGNED_OUT}")
        expect(page.locator("a.back")).to_have_attribute("href", BOOKSHOP_SIGNED_OUT)
        check_down_to_narrowest(page)
        check_at_twice_the_size(page)


def test_all_of_it_works_without_scripts(acme: Tenant, carol: Account, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/profile/", java_script_enabled=False, viewport=PHONE)
    sign_in(page, carol.email)
    page.get_by_role("link", name="Change · Email address").click()
    page.get_by_label("New email address").fill(NEW)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code").fill(new_code(acme, NEW))
    page.get_by_role("button", name="Change address").click()
    expect(page.get_by_role("status")).to_have_text("Your email address was changed. We told both addresses.")
    page.get_by_role("link", name="Download your data").click()
    page.get_by_role("button", name="Prepare a copy").click()
    run_jobs()
    page.get_by_role("link", name="Your profile").click()
    page.get_by_role("link", name="Download your data").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download · HTML").click()
    assert re.fullmatch(r"account-\d{4}-\d\d-\d\d\.html", download.value.suggested_filename)
    page.get_by_role("link", name="Your profile").click()
    page.get_by_role("link", name="Delete your account").click()
    page.get_by_label("Type your email address to confirm").fill(NEW)
    page.get_by_role("button", name="Delete account").click()
    expect(page.get_by_role("heading", name="Your account will be deleted")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, NEW)
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()
