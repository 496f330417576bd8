"""A customer at a phone, to a provider and back: a form whose end is another site, with and without scripts."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import jwt
import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from providers.description import usual
from providers.models import LinkedIdentity
from providers.services import create_provider
from tenants.models import Tenant
from tests.oidc.club import open_club, told_by_popup
from tests.providers.conftest import COMMAND, USUAL, offer
from tests.providers.elsewhere import KEY, SECRET, Elsewhere
from tests.providers.others import KEY_FILE, KEY_ID, SERVICES_ID, TEAM_ID
from tests.providers.people import CAROL, NINA, linked_with
from tests.providers.site import site_of
from tests.screens import PHONE, check_down_to_narrowest
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow
from userflows.state import method_of_provider

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(elsewhere: Elsewhere) -> Iterator[Elsewhere]:
    with site_of(elsewhere):
        yield elsewhere


@pytest.fixture
def apple(site: Elsewhere) -> Elsewhere:
    """The site, as one of Apple's."""
    site.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    site.makes_token = lambda claims: jwt.encode(
        {**claims, "aud": SERVICES_ID}, KEY, algorithm="RS256", headers={"kid": "one"}
    )
    return site


def offer_apple(acme: Tenant, apple: Elsewhere) -> None:
    """Acme lets its customers sign in there, which Nina does."""
    with tenant_context(acme):
        described = replace(usual("apple"), client_id=SERVICES_ID, team_id=TEAM_ID, key_id=KEY_ID, issuer=apple.issuer)
        provider = create_provider(described, secret=KEY_FILE, actor=COMMAND)
        offer(provider, "password", method_of_provider(provider.pk))
    apple.person = {**NINA, "email": "nina@icloud.com"}


def set_up(acme: Tenant, site: Elsewhere, *names: str) -> None:
    """Providers of these names, all of them at the site, beside the password."""
    with tenant_context(acme):
        kinds = {"Google": "google"}
        providers = [
            create_provider(
                replace(USUAL, name=name, kind=kinds.get(name, "oidc"), issuer=site.issuer),
                secret=SECRET,
                actor=COMMAND,
            )
            for name in names
        ]
        methods = ("password", *(method_of_provider(each.pk) for each in providers))
        change_user_flow(UserFlow.objects.get(is_default=True), methods=methods, actor=COMMAND)


def test_a_customer_comes_back_from_a_form_of_apples_without_scripts(
    acme: Tenant, apple: Elsewhere, open_page: Callable[..., Page]
) -> None:
    """What is posted from another site comes without our cookies: only a browser can tell how it goes on."""
    offer_apple(acme, apple)
    page = open_page("/t/acme/sign-in/", viewport=PHONE, java_script_enabled=False)
    page.get_by_role("button", name="Continue with Apple").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#givenName")).to_have_value("Nina")
    page.get_by_role("button", name="Create account").click()

    page.wait_for_url("**/t/acme/profile/")
    assert linked_with(acme) == [("nina@icloud.com", "nina")]


def test_a_popup_that_goes_by_a_provider_keeps_its_opener(
    acme: Tenant, apple: Elsewhere, open_page: Callable[..., Page]
) -> None:
    offer_apple(acme, apple)

    def sign_up(popup: Page) -> None:
        popup.get_by_role("button", name="Continue with Apple").click()
        popup.get_by_role("button", name="Go on").click()
        popup.get_by_role("button", name="Create account").click()

    with open_club(acme) as club:
        page = open_page(club.origin)
        assert "code=" in told_by_popup(page, club.to_sign_in("/popup"), sign_up)


def test_its_pages_fit_a_phone_in_any_language(acme: Tenant, site: Elsewhere, open_page: Callable[..., Page]) -> None:
    set_up(acme, site, "Elsewhere", "Google")
    site.person = CAROL
    page = open_page("/t/acme/sign-in/", locale="de", viewport=PHONE)
    check_down_to_narrowest(page)
    page.get_by_role("button", name="Weiter mit Elsewhere").click()
    expect(page.get_by_role("status").filter(has_text="Sie haben bereits ein Konto")).to_be_visible()
    check_down_to_narrowest(page)
    page.locator("#password").fill("correct horse battery staple")
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/acme/profile/")
    check_down_to_narrowest(page)
    page.get_by_role("link", name="Entfernen").click()
    expect(page.locator("form.step .primary")).to_be_visible()
    check_down_to_narrowest(page)
    page.locator("form.step .primary").click()

    expect(page.locator("[data-told=removed]")).to_be_visible()
    with tenant_context(acme):
        assert not LinkedIdentity.objects.exists()
