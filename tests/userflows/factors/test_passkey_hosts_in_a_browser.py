"""Passkeys where tenants have hosts of their own, in Chromium: each works at the host where it was made, and is offered
nowhere else. (Browsers take every name below `localhost` for this machine, and trust it as they trust TLS.)
"""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import override_settings
from django_tenants.utils import schema_context, tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account, Passkey
from common.database.caches import forget_everything
from tenants.lookup import PUBLIC
from tenants.models import Domain, Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE
from tests.userflows.customer import new_code
from tests.userflows.factors.authenticator import UP, UV, Authenticator, with_passkey
from tests.userflows.factors.flows import flow_has
from tests.userflows.factors.in_chromium import with_authenticator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BASE, OWN = "login.localhost", "auth-acme.localhost"
BY_DEFAULT = f"acme.{BASE}"
BY_HOST = override_settings(
    CIAM_TENANT_ADDRESSING="host",
    CIAM_BASE_URL=f"http://{BASE}:{settings.PORT}",
    BASE_HOST=BASE,
    ALLOWED_HOSTS=[f".{BASE}"],
)


def at(page: Page, host: str, path: str = "/sign-in/") -> None:
    page.goto(f"http://{host}:{settings.PORT}{path}")


def by_password(page: Page, email: str) -> None:
    page.fill("#email", email)
    page.keyboard.press("Enter")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")


def finds_no_key(page: Page, host: str) -> None:
    """The browser isn't let in below the address, nor by the button."""
    at(page, host)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Nothing happened? Try again or choose another way.")).to_be_visible()


@BY_HOST
def test_a37_a_key_is_offered_at_the_host_where_it_was_made_and_nowhere_else(
    acme: Tenant, globex: Tenant, carol: Account, open_page: Callable[..., Page]
) -> None:
    """Neither that of another host of the tenant's, nor one that was made where tenants shared a host."""
    with schema_context(PUBLIC):
        Domain.objects.bulk_create([Domain(domain=OWN, tenant=acme)])
    for tenant in (acme, globex):
        flow_has(tenant, methods=["password", "passkey"])
    shared = Authenticator(flags=UP | UV)
    with_passkey(acme, carol, shared)
    forget_everything()
    page = open_page(f"http://{BY_DEFAULT}:{settings.PORT}/signed-out/", viewport=PHONE)
    session, authenticator = with_authenticator(page, shared.keys["localhost"][0])

    finds_no_key(page, BY_DEFAULT)
    by_password(page, carol.email)
    page.wait_for_url("**/profile/")
    add_by_code(page, acme, carol)
    sign_out(page, BY_DEFAULT)
    at(page, BY_DEFAULT)
    page.wait_for_url("**/profile/")

    finds_no_key(page, OWN)
    by_password(page, carol.email)
    page.wait_for_url("**/profile/")
    add_by_code(page, acme, carol)
    sign_out(page, OWN)
    at(page, OWN)
    page.wait_for_url("**/profile/")

    finds_no_key(page, f"globex.{BASE}")
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert {each["rpId"] for each in kept} == {"localhost", BY_DEFAULT, OWN}
    with tenant_context(acme):
        assert {each.rp_id for each in Passkey.objects.all()} == {"localhost", BY_DEFAULT, OWN}


def add_by_code(page: Page, acme: Tenant, carol: Account) -> None:
    """Make one for this host, as somebody may who reads the mail of the account besides."""
    page.goto(page.url.replace("/profile/", "/profile/passkeys/add/"))
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Email me a code instead").click()
    page.fill("#code", new_code(acme, carol.email))
    page.get_by_role("button", name="Create a passkey").click()
    expect(page).to_have_url(re.compile("/profile/"))


def sign_out(page: Page, host: str) -> None:
    at(page, host, "/profile/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/signed-out/")
