"""Ada's own CSS on customer pages, from the file that she uploads: each part that it may name is there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import tinycss2
from playwright.sync_api import FilePayload, Page, expect

from branding.looks.choices import LIGHT
from branding.models import BrandingImage
from branding.styles.cascade import Cascade
from branding.styles.parts import NAMELESS, pages_by_scheme
from branding.styles.selectors import selectors_in
from branding.styles.writing import SCOPE
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, brand
from tests.branding.pictures import picture, upload
from tests.house_rules.sources import DOCS
from tests.providers.conftest import elsewhere, provider  # noqa: F401 - acme has one
from tests.screens import DESK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REFERENCE = (DOCS / "reference" / "custom-css.md").read_text(encoding="utf-8")
DOCUMENTED = re.findall(r"^\| `((?:\.ext|body|a)[^`]*)`", REFERENCE, flags=re.MULTILINE)
SPLIT = {name for name in DOCUMENTED if "vertical-split" in name}
ELSEWHERE = {".ext-subtitle": "/t/acme/reset/", ".ext-debug-item": "/t/acme/go/11111111-1111-4111-8111-111111111111/"}
AFTER_A_MISTAKE = {".ext-input.ext-text-box.ext-has-error", ".ext-error"}


DRAWN = """([name, selector]) => {
    const style = getComputedStyle(document.querySelector(selector));
    return [name, style.color, style.backgroundColor, style.borderBottomColor];
}"""


# Texts that are seen with a picture right behind them.
ON_THE_PICTURE = """() => {
    const clear = (element) => getComputedStyle(element).backgroundColor === "rgba(0, 0, 0, 0)";
    const pictured = (element) => getComputedStyle(element).backgroundImage.includes("url(");
    const behind = (element) =>
        clear(element) && !pictured(element) && element.parentElement ? behind(element.parentElement) : element;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const { data, parentElement } = texts.currentNode;
        if (data.trim() && parentElement.checkVisibility() && pictured(behind(parentElement))) found.push(data.trim());
    }
    return found;
}"""


def css_of_part(name: str) -> str:
    ((_, selector),) = selectors_in(tinycss2.parse_component_value_list(name))
    assert selector is not None
    return f"{SCOPE} {selector.css}"


def on(page: Page, name: str) -> int:
    """How often the part of this name stands on the page."""
    return page.locator(css_of_part(name)).count()


def as_drawn(color: str) -> str:
    """A colour as browsers tell it."""
    alpha = int(color[7:] or "ff", 16)
    numbers = ", ".join(str(int(color[place : place + 2], 16)) for place in (1, 3, 5))
    return f"rgb({numbers})" if alpha else f"rgba({numbers}, 0)"


def test_each_documented_part_is_on_a_page(
    acme: Tenant,
    provider: IdentityProvider,  # noqa: F811
    open_page: Callable[..., Page],
) -> None:
    look: dict[str, Any] = {"shows_header": True, "shows_footer": True, "terms_url": "https://acme.example/terms"}
    logo = {BrandingImage.Kind.HEADER_LOGO: upload(picture(160, 36))}
    brand(acme, custom_css=".ext-title { font-weight: 700 }", sign_in_page_text="Need help?", images=logo, **look)
    page = open_page("/t/acme/sign-in/")
    missing = [name for name in DOCUMENTED if not on(page, name)]
    assert set(missing) == {*SPLIT, *ELSEWHERE, *AFTER_A_MISTAKE}

    check_that_parts_are_drawn_as_they_are_judged(page)
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("#email-wrong")).to_be_visible()
    assert all(on(page, name) == 1 for name in AFTER_A_MISTAKE)
    for name, address in ELSEWHERE.items():
        page.goto(address)
        assert on(page, name), name
    brand(acme, images={BrandingImage.Kind.BACKGROUND: upload(picture(320, 180))})
    page.goto("/t/acme/sign-in/")
    check_that_parts_are_drawn_as_they_are_judged(page, has_picture=True)
    assert page.evaluate(ON_THE_PICTURE) == []
    page.locator(".card").evaluate("(card) => { card.style.background = 'none'; }")
    assert "Need help?" in page.evaluate(ON_THE_PICTURE)
    brand(acme, layout="split")
    page.goto("/t/acme/sign-in/")
    assert page.evaluate(ON_THE_PICTURE) == []
    assert all(on(page, name) == 1 for name in SPLIT)


def check_that_parts_are_drawn_as_they_are_judged(page: Page, *, has_picture: bool = False) -> None:
    judged = pages_by_scheme({}, layout="full_screen", has_picture=has_picture, header="")[LIGHT]
    looks = {part.name: (part, painted) for part, _, painted in reversed([*Cascade((), judged, LIGHT).looks()])}
    drawn = {
        name: page.evaluate(DRAWN, [name, css_of_part(name)])
        for name in looks
        # Chromium doesn't tell what a placeholder looks like.
        if NAMELESS not in name and "::" not in name and on(page, name)
    }
    assert len(drawn) > 12
    for name, (_, text, ground, edge) in drawn.items():
        part, painted = looks[name]
        assert text == as_drawn(painted.text.value), name
        assert ground == as_drawn(part.ground or "#00000000"), name
        assert not painted.edges or edge == as_drawn(painted.edges[0].value), name


def test_ada_uploads_a_style_sheet_and_customers_see_it(
    acme: Tenant, open_portal: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    css = b"""/* Ours */
.ext-title { color: #102030 !important; font-size: 30px }
.ext-sign-in-box { background: url(https://evil.example/a); border-radius: 24px; color: #fff }
.ext-error { display: none }
.ext-sign-in-box .ext-error:hover, .ext-sign-in-box .ext-error { letter-spacing: -1px; text-transform: uppercase }
.ext-sign-in-box .ext-error { font-size: 32px; line-height: 14px; text-shadow: 0 0 8px red; border-radius: 99px }
.ext-sign-in-box a { font-size: 10px; letter-spacing: -1px; box-shadow: inset 0 24px 0 8px red }
@media (prefers-color-scheme: dark) { .ext-title { color: #ddeeff } }
"""
    portal = open_portal(viewport=DESK)
    portal.goto(DEFAULT)
    file: FilePayload = {"name": "brand.css", "mimeType": "text/css", "buffer": css}
    portal.get_by_label("CSS file").set_input_files([file])
    title = portal.frame_locator(".preview iframe:not(.is-coming)").locator("h1")
    expect(title).to_have_css("color", "rgb(16, 32, 48)")
    portal.locator(".preview-bar").get_by_text("Dark", exact=True).click()
    expect(title).to_have_css("color", "rgb(221, 238, 255)")
    portal.get_by_role("button", name="Save draft").click()
    left_out = portal.locator("#css-judged .notice li")
    expect(left_out).to_have_text([re.compile("^Line 3:"), re.compile("^Line 4:")])
    typed = portal.locator("[name=custom_css]")
    assert typed.input_value().startswith("/* Ours */")
    # White on the card, which is white: one press, and the draft that is looked at has another colour there.
    portal.get_by_role("button", name="Use #").click()
    expect(portal.locator("#css-judged .contrast")).to_have_count(0)
    assert "border-radius: 24px; color: #707070 }" in typed.input_value()
    portal.locator(".preview-bar").get_by_text("Light", exact=True).click()
    card = portal.frame_locator(".preview iframe:not(.is-coming)").locator(".card")
    expect(card).to_have_css("color", "rgb(112, 112, 112)")
    portal.get_by_role("button", name="Save draft").click()
    portal.goto(DEFAULT.replace("default/", "publish/"))
    expect(portal.locator(".told-code")).to_contain_text("border-radius: 24px")
    portal.locator("form.panel").get_by_role("button", name="Publish").click()

    page = open_page("/t/acme/sign-in/", color_scheme="light")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("h1")).to_have_css("color", "rgb(16, 32, 48)")
    expect(page.locator(".card")).to_have_css("border-radius", "24px")
    wrong = page.locator("#email-wrong")
    expect(wrong).to_be_visible()
    kept = {"letter-spacing": "normal", "text-transform": "none", "text-shadow": "none", "line-height": "48px"}
    for name, value in kept.items():
        expect(wrong).to_have_css(name, value)
    wrong.evaluate("wrong => wrong.insertAdjacentHTML('beforeend', '<a href=/>Again</a>')")
    for name, value in {"font-size": "32px", "letter-spacing": "normal", "box-shadow": "none"}.items():
        expect(wrong.locator("a")).to_have_css(name, value)
    assert not [url for url in asked if "evil" in url]
