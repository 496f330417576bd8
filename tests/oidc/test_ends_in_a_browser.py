"""Where a customer ends up is the application's matter: its callback sends them on, or tells the window behind it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.oidc.club import IN_THE_APP, Act, Club, open_club, told_by_popup
from tests.oidc.screens import sign_in
from userflows.models import Journey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def club(acme: Tenant) -> Iterator[Club]:
    with open_club(acme) as club:
        yield club


@pytest.fixture
def page(carol: Account, open_page: Callable[..., Page]) -> Page:
    """A window at a page that has nothing to do with the application. Nobody is signed in there."""
    page: Page = open_page("/t/acme/signed-out/")
    return page


def questions(club: Club, callback: str) -> list[tuple[str, Act]]:
    """Each address whose page has a form of ours that leads to the application, and what is to be done there."""
    return [
        (club.to_sign_in(callback), sign_in),
        (club.to_sign_in(callback, prompt="select_account"), lambda page: page.locator("[name=account]").first.click()),
        (club.to_sign_in(callback, prompt="consent"), lambda page: page.locator("[value=allow]").click()),
        # This form sends itself.
        (club.to_sign_in(callback, response_mode="form_post"), lambda _page: None),
        (club.to_sign_out(callback), lambda page: page.locator("button.primary").click()),
    ]


def test_a_callback_may_lead_on_to_another_site(page: Page, club: Club) -> None:
    for address, act in questions(club, "/web"):
        page.goto(address)
        act(page)
        page.wait_for_url(club.elsewhere)
    # The answer by form says which site it comes from.
    assert club.origins_of_forms == [settings.CIAM_BASE_URL]


def test_a_callback_may_lead_on_to_an_app(page: Page, club: Club) -> None:
    for address, act in questions(club, "/native"):
        # Chromium asks whether to open the app: in that window nothing can be pressed any more.
        window = page.context.new_page()
        with window.expect_request(IN_THE_APP):
            window.goto(address, wait_until="commit")
            act(window)


def test_an_app_may_wait_at_a_port_of_the_loopback_address_of_ipv6(page: Page, club: Club) -> None:
    page.goto(club.to_sign_in(club.on_ipv6))
    sign_in(page)
    expect(page.get_by_role("heading", name="Arrived")).to_be_visible()


def test_a_popup_keeps_its_opener_from_the_request_to_the_answer_and_at_sign_out(page: Page, club: Club) -> None:
    page.goto(club.origin)
    assert "code=" in told_by_popup(page, club.to_sign_in("/popup"), sign_in_at_the_second_try)
    denied = told_by_popup(page, club.to_sign_in("/popup", prompt="consent"), lambda popup: popup.click("[value=deny]"))
    assert "error=access_denied" in denied
    assert "/popup" in told_by_popup(page, club.to_sign_out("/popup"), lambda popup: popup.click("button.primary"))


def sign_in_at_the_second_try(page: Page) -> None:
    page.fill("#email", "carol@acme.example")
    page.click("button.primary")
    page.fill("#password", "not this one")
    page.click("button.primary")
    page.fill("#password[aria-invalid=true]", PASSWORD)
    page.click("button.primary")


def test_back_after_a_sign_in_sends_the_application_no_second_code(page: Page, club: Club, acme: Tenant) -> None:
    """Its state is used up. Neither the address of the page that was left nor its form leads there again."""
    page.goto(club.to_sign_in("/web", state="good once"))
    page.fill("#email", "carol@acme.example")
    page.click("button.primary")
    page.fill("#password", PASSWORD)
    as_it_was = page.content()
    page.click("button.primary")
    page.wait_for_url(club.elsewhere)
    answers: list[str] = []
    page.on("request", lambda request: answers.append(request.url) if "state=" in request.url else None)
    with tenant_context(acme):
        Journey.objects.update(finished_at=F("finished_at") - timedelta(minutes=1))

    page.go_back()
    expect(page.get_by_role("heading", name="You're already signed in")).to_be_visible()
    expect(page.get_by_text("You can go back to Club")).to_be_visible()

    # From its memory of living pages a browser takes the form; the one of these tests has no such memory.
    page.set_content(as_it_was)
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    expect(page.get_by_role("heading", name="You're already signed in")).to_be_visible()
    assert answers == []
