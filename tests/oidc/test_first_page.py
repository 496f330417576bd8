"""The page that asks who somebody is comes in answer to the request of an application, and the next in answer to it."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import leads_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(shop: RelyingParty) -> RelyingParty:
    """Bookshop's customer in a browser that was never here, whose forms have to be ours."""
    shop.browser = Browser(shop.browser.tenant, checks_csrf=True)
    return shop


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found[1]


def test_eve_opens_nothing_by_the_address_of_a_first_page(stranger: RelyingParty) -> None:
    address = leads_to(stranger.authorize())
    assert stranger.browser.get(address).status_code == 200
    eve = Browser(stranger.browser.tenant)
    assert eve.get(address).status_code == 404
    assert eve.post(address, {"email": "carol@acme.example"}).status_code == 404


def test_the_form_of_somebody_else_is_asked_for_again(stranger: RelyingParty) -> None:
    stranger.authorize()
    foreign = _token(Browser(stranger.browser.tenant).get("/sign-in/", follow=True).content.decode())
    address = leads_to(stranger.authorize())
    sent = {"email": "carol@acme.example", "csrfmiddlewaretoken": foreign}
    assert stranger.browser.post(address, sent)["Location"] == f"{address}?stale"


def test_a_sign_in_takes_three_requests_and_no_redirect_but_the_last(stranger: RelyingParty, carol: Account) -> None:
    page = stranger.authorize()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert leads_to(page).endswith("/address/")
    sent = {"email": carol.email, "csrfmiddlewaretoken": _token(page.content.decode())}
    page = stranger.browser.post(leads_to(page), sent)
    assert page.status_code == 200
    assert leads_to(page).endswith("/password/")
    sent = {"password": PASSWORD, "csrfmiddlewaretoken": _token(page.content.decode())}
    assert "code" in answer_in(stranger.browser.post(leads_to(page), sent))


def test_without_a_script_the_request_is_sent_again_and_so_is_the_address(shop: RelyingParty, carol: Account) -> None:
    """Then the browser remembers what it asked for: a request begins anew, and both ways lead to the end."""
    shop.browser = Browser(shop.browser.tenant)
    first, second = (leads_to(shop.authorize()) for _ in range(2))
    assert first != second
    for address in (first, second):
        pages = [shop.browser.post(address, {"email": carol.email}) for _ in range(2)]
        assert {page.status_code for page in pages} == {200}
        assert len({leads_to(page) for page in pages}) == 1
        assert "code" in answer_in(shop.browser.post(leads_to(pages[0]), {"password": PASSWORD}))
        shop.browser.post("/sign-out/")


def test_whoever_changes_the_language_comes_back_to_the_page_itself(shop: RelyingParty, carol: Account) -> None:
    shop.browser = Browser(shop.browser.tenant)
    page = shop.authorize(ui_locales="de")
    assert '<html lang="de"' in page.content.decode()
    for shown in (page, shop.browser.post(leads_to(page), {"email": carol.email})):
        assert f"/language/?next={leads_to(shown)}" in shown.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_back_and_reload_ask_for_each_page_by_its_own_address(
    shop: RelyingParty, carol: Account, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"/t/acme/oidc/authorize?{urlencode(shop.request())}")
    first = page.url
    assert first.endswith("/address/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.is_navigation_request() else None)
    page.reload()
    assert page.url == first
    page.locator("#email").fill(carol.email)
    page.keyboard.press("Enter")
    expect(page.locator("#password")).to_be_visible()
    assert page.url == first.replace("/address/", "/password/")
    page.reload()
    expect(page.locator("#password")).to_be_visible()
    page.go_back()
    expect(page.locator("#email")).to_have_value(carol.email)
    assert sent == ["GET", "POST", "GET", "GET"]
