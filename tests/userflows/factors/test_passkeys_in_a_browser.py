"""Passkeys in Chromium, by an authenticator that it plays: made, offered below the address, told apart, taken back."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import Account, Passkey
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.factors.flows import flow_has
from tests.userflows.factors.in_chromium import with_authenticator
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CAROL = "carol@acme.example"


def wait_until_none(session: CDPSession, authenticator: str) -> None:
    """The browser hears of it a moment after the page is there."""
    asked = {"authenticatorId": authenticator}
    until(lambda: not session.send("WebAuthn.getCredentials", asked)["credentials"], otherwise="never", seconds=20)


def by_password(page: Page) -> None:
    page.fill("#email", CAROL)
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")


def sign_out(page: Page) -> None:
    page.goto("/t/acme/profile/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signed-out/")


def test_a_passkey_from_its_making_to_its_end(acme: Tenant, globex: Tenant, open_page: Callable[..., Page]) -> None:
    flow_has(acme, methods=["password", "passkey"])
    flow_has(globex, methods=["password", "passkey"])
    page = open_page("/t/acme/sign-in/", viewport=PHONE)
    session, authenticator = with_authenticator(page)

    # Offered after the first sign-in, and made.
    check_down_to_narrowest(page)
    by_password(page)
    page.get_by_role("heading", name="Create a passkey").wait_for()
    check_down_to_narrowest(page)
    page.get_by_role("button", name="Create a passkey").click()
    page.wait_for_url("**/profile/")
    with tenant_context(acme):
        passkey = Passkey.objects.get()
    assert passkey.rp_id == "localhost"

    # This authenticator has one already, and makes no second.
    page.goto("/t/acme/profile/passkeys/add/")
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Continue with a passkey").click()
    page.get_by_role("heading", name="Create a passkey").wait_for()
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_text("This device already has a passkey for your account.")).to_be_visible()
    page.goto("/t/acme/profile/passkeys/")
    check_down_to_narrowest(page)

    # Below the address the browser offers it; this authenticator takes it at once.
    sign_out(page)
    page.goto("/t/acme/sign-in/")
    page.wait_for_url("**/profile/")

    # At another tenant of the same host it lets nobody in, and stays in the browser.
    page.goto("/t/globex/sign-in/")
    expect(page.get_by_text("This passkey belongs to another site on this server.")).to_be_visible()
    check_down_to_narrowest(page)
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1

    # When its owner refuses, the page says so, and the other ways are still there.
    sign_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto("/t/acme/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Nothing happened? Try again or choose another way.")).to_be_visible()
    by_password(page)
    page.wait_for_url("**/profile/")

    # What is removed here the browser forgets as well.
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.goto("/t/acme/profile/passkeys/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Continue with a passkey").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey was removed.")).to_be_visible()
    wait_until_none(session, authenticator)


def test_one_that_is_required_is_made_and_does_for_the_second_factor(
    acme: Tenant, carol: Account, open_page: Callable[..., Page]
) -> None:
    flow_has(acme, methods=["password"], factors=["app", "passkey"], second_factor="always", asks_passkey="require")
    page = open_page("/t/acme/sign-in/", viewport=PHONE)
    with_authenticator(page)
    by_password(page)
    page.get_by_role("heading", name="Create a passkey").wait_for()
    assert page.get_by_role("button", name="Not now").count() == 0
    page.get_by_role("button", name="Create a passkey").click()
    page.wait_for_url("**/profile/")
    sign_out(page)
    page.goto("/t/acme/sign-in/")
    by_password(page)
    page.get_by_role("heading", name="Confirm with your passkey").wait_for()
    check_down_to_narrowest(page)
    page.get_by_role("button", name="Continue with a passkey").click()
    page.wait_for_url("**/profile/")
