"""An invitation, a block and a restore as they go in a real browser, with its cookies, referrers and menus."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import mails_to
from tests.worker import run_jobs

pytestmark = pytest.mark.browser
KIM = "kim@acme.example"


def test_a_customer_is_invited_blocked_deleted_and_restored(
    window: Callable[..., Page], open_page: Any, acme: Tenant
) -> None:
    page = window()
    page.goto("/tenants/acme/customers/")
    page.get_by_role("link", name="Invite customer").click()
    page.get_by_label("Email address").fill(KIM)
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invited")
    run_jobs()
    with tenant_context(acme):
        link = re.search(r"/t/acme/link/\S+", mails_to(KIM)[0].text)
    assert link

    kim = open_page(link[0])
    kim.get_by_role("button", name="Continue").click()
    kim.get_by_label("New password").fill(PASSWORD)
    kim.get_by_role("button", name="Save and sign in").click()
    kim.locator("#givenName").fill("Kim")
    kim.keyboard.press("Enter")
    expect(kim.get_by_role("heading", level=1)).to_contain_text("Your profile")

    for action, button, state in (
        ("Block", "Block customer", "Blocked"),
        ("Unblock", "Unblock customer", "Active"),
        ("Delete", "Delete customer", "Deleted"),
        ("Restore", "Restore customer", "Active"),
    ):
        page.get_by_text("Actions").click()
        page.get_by_role("link", name=action, exact=True).first.click()
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(state)
    with tenant_context(acme):
        assert Account.objects.with_email(KIM).get().email_verified


def test_the_menus_of_the_list_close_on_escape_and_the_focus_is_where_they_were_opened(
    window: Callable[..., Page], acme: Tenant
) -> None:
    page = window()
    page.goto("/tenants/acme/customers/")
    page.get_by_text("Filter").click()
    panel = page.get_by_role("button", name="Show", exact=True)
    expect(panel).to_be_visible()
    panel.focus()

    page.keyboard.press("Escape")

    expect(panel).to_be_hidden()
    expect(page.locator("summary", has_text="Filter")).to_be_focused()
