"""Ada chooses light or dark for her browser, with and without a script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Browser
from tests.screens import DESK

SWITCH = "/me/look"
SYSTEM, NEVER, ALWAYS = "(prefers-color-scheme: dark)", "not all", "all"


def dark_holds_for(page: str) -> str:
    found = re.search(r'media="([^"]*)" id="dark-colors"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(("chosen", "media"), [("system", SYSTEM), ("light", NEVER), ("dark", ALWAYS)])
def test_the_page_comes_in_the_look_that_was_chosen_in_this_browser(
    ada_portal: Browser, chosen: str, media: str
) -> None:
    assert dark_holds_for(ada_portal.get("/tenants/").content.decode()) == SYSTEM

    answer = ada_portal.post(SWITCH, {"look": chosen, "back": "/tenants/acme/applications/?q=book"})

    assert answer.headers["Location"] == "/tenants/acme/applications/?q=book"
    page = ada_portal.get("/tenants/acme/").content.decode()
    assert dark_holds_for(page) == media
    assert re.findall(r'value="(\w+)" data-media="[^"]*" aria-pressed="true"', page) == [chosen] * 2


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_eve_leads_nobody_elsewhere_by_the_switch(ada_portal: Browser, back: str) -> None:
    assert ada_portal.post(SWITCH, {"look": "dark", "back": back}).headers["Location"] == "/tenants/"


def test_a_look_that_there_is_not_is_the_systems(ada_portal: Browser) -> None:
    ada_portal.post(SWITCH, {"look": "pink"})
    assert dark_holds_for(ada_portal.get("/tenants/").content.decode()) == SYSTEM
    ada_portal.cookies["look"] = '"><script>alert(1)</script>'
    assert dark_holds_for(ada_portal.get("/tenants/").content.decode()) == SYSTEM


BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_is_typed_stays_and_the_next_page_looks_the_same_with_a_script_and_without(
    window: Callable[..., Page],
) -> None:
    page = window(viewport=DESK, color_scheme="light")
    page.goto("/tenants/acme/settings/")
    light = page.evaluate(BACKGROUND)
    page.get_by_role("textbox", name="Name").fill("Acme, half typed")

    with page.expect_response(lambda answer: answer.url.endswith(SWITCH)):
        page.get_by_role("button", name="Dark").click()

    dark = page.evaluate(BACKGROUND)
    assert dark != light
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Acme, half typed")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")

    plain = page.context.browser.new_context(java_script_enabled=False, viewport=DESK)  # type: ignore[union-attr]
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    without = plain.new_page()
    without.goto(page.url)
    assert page.evaluate(BACKGROUND) == dark
    without.get_by_role("button", name="Light").click()
    expect(without).to_have_url(page.url)
    expect(without.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    plain.close()
