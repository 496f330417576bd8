"""What a customer does at a screen on the way to an application."""

from playwright.sync_api import Page

from tests.cast import PASSWORD


def sign_in(page: Page) -> None:
    page.fill("#email", "carol@acme.example")
    page.click("button.primary")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
