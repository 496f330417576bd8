"""Recovery codes are kept by who has a script with a press: on the clipboard, or as a file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.factors.phone import Clock, Phone
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_recovery_codes_are_copied_and_downloaded(
    acme: Tenant, carol: Account, clock: Clock, open_page: Callable[..., Page]
) -> None:
    with tenant_context(acme):
        UserFlow.objects.update(second_factor="always")
        forget_everything()
    page = open_page("/t/acme/sign-in/", viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])
    page.fill("#email", carol.email)
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.locator("#code").wait_for()
    phone = Phone(clock)
    phone.scan(page.content())
    page.locator("#code").fill(phone.code)
    page.get_by_role("heading", name="Save your recovery codes").wait_for()
    phone.write_down(page.content())
    check_down_to_narrowest(page)

    page.get_by_role("button", name="Copy codes").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    kept = page.evaluate("navigator.clipboard.readText()")
    assert kept.splitlines() == ["Acme · carol@acme.example", "", *phone.recovery_codes]

    with page.expect_download() as begun:
        page.get_by_role("link", name="Download codes").click()
    assert begun.value.suggested_filename == "recovery-codes.txt"
    assert Path(begun.value.path()).read_text(encoding="utf-8") == kept
