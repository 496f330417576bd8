"""What Olga has typed isn't lost by a slip: leaving the page, or a session that ended before she saved."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.models import Application
from tenants.models import Tenant
from tests.cast import PASSWORD, grow_old
from tests.screens import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Window = Callable[..., Page]
SETTINGS = "/tenants/acme/settings/"


def asked(page: Page) -> list[str]:
    """The kinds of questions the browser asks from now on; each is answered by staying."""
    kinds: list[str] = []

    def stay(dialog: Any) -> None:
        kinds.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return kinds


def test_unsaved_changes_are_left_only_after_a_question(window: Window, acme: Tenant) -> None:
    page = window()
    page.goto(SETTINGS)
    questions = asked(page)
    page.locator("#id_name").fill("Acme Books")

    page.locator(".side").get_by_role("link", name="Groups").click()

    expect(page.locator("#id_name")).to_have_value("Acme Books")
    assert questions == ["beforeunload"]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Name, country and time zone are saved.")).to_be_visible()
    assert questions == ["beforeunload"]


def test_what_is_put_back_as_it_was_is_no_change(window: Window, acme: Tenant) -> None:
    page = window()
    page.goto(SETTINGS)
    questions = asked(page)
    page.locator("#id_name").fill("Other")
    page.locator("#id_name").fill("Acme")

    page.locator(".side").get_by_role("link", name="Groups").click()

    expect(page.get_by_role("heading", level=1, name="Groups")).to_be_visible()
    assert questions == []


def test_rows_that_were_moved_are_a_change_and_so_is_what_was_refused(
    window: Window, acme: Tenant, bookshop: Application
) -> None:
    page = window()
    page.goto(f"/tenants/acme/user-flows/{bookshop.user_flow_id}/page-layout/")
    questions = asked(page)
    page.get_by_role("button", name="Move Given name down").click()
    expect(page.locator("#page-status")).to_have_text("Given name is now number 2 of 3.")
    page.locator(".side").get_by_role("link", name="Groups").click()
    expect(page.get_by_role("button", name="Save and publish")).to_be_visible()
    assert questions == ["beforeunload"]
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Customers see the new page from now on.")).to_be_visible()
    page.goto(SETTINGS)
    page.locator("#id_name").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.locator("#id_country").focus()
    page.keyboard.press("Tab")
    page.locator(".side").get_by_role("link", name="Groups").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert questions == ["beforeunload"] * 2


def test_what_was_sent_after_the_session_had_ended_is_there_again_after_the_sign_in(
    window: Window, acme: Tenant
) -> None:
    page = window()
    page.goto(SETTINGS)
    page.locator("#id_name").fill("Acme Books")
    page.locator("#id_country").select_option("AT")
    page.context.clear_cookies(name="session")

    page.get_by_role("button", name="Save", exact=True).click()
    sign_in(page, "olga@portal.example")

    expect(page.get_by_text("You were signed out before this was saved.")).to_be_visible()
    expect(page.get_by_text("Enter again:")).to_be_hidden()
    expect(page.locator("#id_name")).to_have_value("Acme Books")
    expect(page.locator("#id_country")).to_have_value("AT")
    assert page.url.endswith(SETTINGS)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Name, country and time zone are saved.")).to_be_visible()
    wait_until(page, "sessionStorage.getItem('draft') === null")
    page.reload()
    expect(page.get_by_text("You were signed out")).to_have_count(0)


def test_what_one_administrator_typed_the_next_one_at_the_screen_doesnt_find(window: Window, acme: Tenant) -> None:
    page = window()
    page.goto(SETTINGS)
    page.locator("#id_name").fill("Layoffs 2027")
    page.context.clear_cookies(name="session")

    page.get_by_role("button", name="Save", exact=True).click()
    sign_in(page, "ada@portal.example")

    expect(page.locator("#id_name")).to_have_value("Acme")
    expect(page.get_by_text("You were signed out")).to_have_count(0)
    assert page.evaluate("sessionStorage.getItem('draft')") is None


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email address").fill(email)
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def test_what_was_typed_before_a_proof_was_asked_for_is_still_there_behind_it(
    window: Window, home: Tenant, acme: Tenant, olga: Account, bookshop: Application
) -> None:
    page = window()
    page.goto(f"/tenants/acme/applications/{bookshop.client_id}/credentials/")
    page.locator("#id_description").fill("For the new server")
    grow_old(olga, home=home, seconds=3600)

    page.get_by_role("button", name="Create client secret").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_text("Thanks, it’s you.")).to_be_visible()
    expect(page.locator("#id_description")).to_have_value("For the new server")
    page.get_by_role("button", name="Create client secret").click()
    expect(page.get_by_role("cell", name="For the new server", exact=True)).to_be_visible()


def test_a_secret_of_several_lines_is_kept_nowhere(window: Window, home: Tenant, acme: Tenant, olga: Account) -> None:
    page = window()
    page.goto("/tenants/acme/identity-providers/new/?kind=apple")
    page.get_by_label("Name", exact=True).fill("Apple")
    page.get_by_label("Private key").fill("-----BEGIN PRIVATE KEY-----")
    grow_old(olga, home=home, seconds=3600)

    page.get_by_role("button", name="Add", exact=False).last.click()
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    assert "PRIVATE" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("alert").filter(has_text="Enter again: Private key")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Apple")
    expect(page.get_by_label("Private key")).to_have_value("")


def test_what_isnt_kept_behind_a_proof_is_named(window: Window, home: Tenant, acme: Tenant, olga: Account) -> None:
    page = window()
    page.goto(f"{SETTINGS}mail/")
    page.get_by_label("Server", exact=True).fill("smtp.acme.example")
    page.get_by_label("User").fill("acme")
    page.get_by_label("Password", exact=True).fill("s3cret of the mail server")
    page.get_by_label("Sender address").fill("login@acme.example")
    grow_old(olga, home=home, seconds=3600)

    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    told = page.get_by_role("alert").filter(has_text="Thanks, it’s you.")
    expect(told).to_contain_text("Passwords, secrets and files aren’t kept. Enter again: Password")
    expect(page.get_by_label("User")).to_have_value("acme")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
