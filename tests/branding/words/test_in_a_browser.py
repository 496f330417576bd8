"""Ada changes a sentence beside the page it stands on, and sees it there before anybody else does."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from branding.models import ChangedSentence
from branding.words.services import change_words
from tenants.models import Tenant
from tests.branding.brands import ADA
from tests.browser import Browser
from tests.screens import DESK, check_in_every_look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PREVIEW = ".preview iframe:not(.is-coming)"


@pytest.fixture
def portal_page(live_server: LiveServer, home: Tenant, ada: Account, chromium: Chromium) -> Iterator[Page]:
    """A window in which Ada is signed in."""
    portal = Browser(home)
    portal.sign_in(ada)
    session = portal.cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(base_url=settings.CIAM_BASE_URL, viewport=DESK)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.CIAM_BASE_URL}])
    yield context.new_page()
    context.close()


def test_a_sentence_is_seen_in_place_while_it_is_typed(acme: Tenant, portal_page: Page) -> None:
    page = portal_page
    with tenant_context(acme):
        change_words(language="de", wished={"Enter the code": ["Code, bitte"], "Sign out": ["Tschüss"]}, actor=ADA)
        ChangedSentence.objects.filter(sentence="Enter the code").update(instead_of=["Gib den Code ein"])
    page.goto("/tenants/acme/words/?language=de")
    page.locator(".words-filter [name=page]").select_option("code")
    page.wait_for_url("**page=code**")
    preview = page.frame_locator(PREVIEW)
    expect(preview.get_by_role("heading", name="Code, bitte", include_hidden=True)).to_be_visible()

    box = page.get_by_label("Code eingeben", exact=True)
    box.fill("Und jetzt der Code")
    expect(preview.locator("h1[data-marked]")).to_have_text("Und jetzt der Code")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("1 sentence saved.")).to_be_visible()
    expect(box).to_have_value("Und jetzt der Code")
    page.goto("/tenants/acme/words/?language=de&page=code&state=changed")
    check_in_every_look(page)


def test_the_page_beside_a_box_is_one_that_its_sentence_is_on(acme: Tenant, portal_page: Page) -> None:
    page = portal_page
    page.goto("/tenants/acme/words/?page=sign_in&q=continue")
    beside, preview = page.locator("[name=preview_page]"), page.frame_locator(PREVIEW)
    marked = preview.locator("[data-marked]")
    expect(beside).to_have_value("sign_in")

    beside.select_option("device_code")
    expect(preview.get_by_role("heading", name="Connect a device", include_hidden=True)).to_be_visible()
    page.get_by_label("Continue", exact=True).focus()
    expect(marked).to_have_text("Continue")
    expect(beside).to_have_value("device_code")

    beside.select_option("delete")
    beside.focus()
    page.get_by_label("Continue", exact=True).focus()
    expect(marked).to_have_text("Continue")
    expect(beside).to_have_value("sign_in")

    page.goto("/tenants/acme/words/?language=de&q=e-mail-adresse")
    page.get_by_label("E-Mail-Adresse", exact=True).focus()
    expect(marked).to_have_text(re.compile("^E.Mail.Adresse$"))

    page.goto("/tenants/acme/words/?q=incorrect+email")
    page.get_by_label("Incorrect email or password.", exact=True).focus()
    expect(marked).to_have_text("Incorrect email or password.")
    expect(beside).to_have_value("password.errors")
    page.goto("/tenants/acme/words/?q=show+password")
    page.get_by_label("Show password", exact=True).focus()
    expect(marked.locator("input")).to_have_attribute("type", "password")

    nowhere = page.get_by_text("No preview shows this sentence.")
    expect(nowhere).to_be_hidden()
    page.goto("/tenants/acme/words/?q=back+to+the+portal")
    beside.select_option("device_code")
    page.get_by_label("Back to the portal", exact=True).focus()
    expect(nowhere).to_be_visible()
    expect(beside).to_have_value("device_code")
    expect(marked).to_have_count(0)
