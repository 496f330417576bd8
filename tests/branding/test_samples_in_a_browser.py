"""Everybody can use each page that customers see, in each state: looked at as samples on the narrowest screen and on a
desktop, in languages of different scripts.
"""

import random
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any, Literal, NamedTuple

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, ViewportSize

from branding.description import Picture
from branding.look import look_for
from branding.preview.samples import Sample, SampleGroup, drawn, html_of_sample, samples
from branding.words.in_force import TenantsWords
from tenants.models import Tenant
from tests.branding.pictures import transparent_picture
from tests.screens import DESK, NARROWEST, OVERLAPPING, PHONE, check, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = ("en", "de", "ar", "ja", "hi", "th")
PLAIN_TEXT = "emails/_plain.html"


class Seen(NamedTuple):
    """A sample as somebody looks at it."""

    sample: Sample
    language: str
    scheme: Literal["light", "dark"]
    screen: ViewportSize


def some(number: int) -> list[Seen]:
    """So many of all there are to see, others each time."""
    pages = [sample for sample in samples(with_variants=True) if sample.template != PLAIN_TEXT]
    looks: list[Literal["light", "dark"]] = ["light", "dark"]
    there_are = [Seen(*each) for each in product(pages, LANGUAGES, looks, (NARROWEST, DESK))]
    return random.sample(there_are, min(number, len(there_are)))


def test_everybody_can_use_each_page_in_each_state(
    pytestconfig: pytest.Config, acme: Tenant, open_page: Callable[..., Page]
) -> None:
    """6,500 looks are all there are (`--samples 6500`)."""
    window = open_page("/t/acme/brand/nothing/", bypass_csp=True)
    for sample, language, scheme, screen in some(pytestconfig.getoption("--samples")):
        with tenant_context(acme):
            look = replace(look_for(language), color_scheme=scheme)
            html = drawn(sample, look=look, language=language, words=None)
        window.emulate_media(color_scheme=scheme)
        window.set_viewport_size(screen)
        window.set_content(html)
        try:
            check(window)
        except AssertionError as found:
            found.add_note(f"{sample.key} in {language}, {scheme}, {screen['width']} px wide")
            raise


# What is wider than the column of a mail, and what else is wrong with the ground below a logo.
WRONG_WITH_LOGOS = """() => {
    const column = document.querySelector(".mail");
    const wide = column ? [...column.querySelectorAll(":is(.bar, .card) *")].filter((each) => {
        const around = each.closest(".bar, .card"), { left, right } = around.getBoundingClientRect();
        const room = parseFloat(getComputedStyle(around).paddingLeft), box = each.getBoundingClientRect();
        return box.right > right - room + 0.5 || box.left < left + room - 0.5;
    }) : [];
    const cut = [...document.querySelectorAll("main img, .masthead img, .mail img")].filter((each) => {
        const { borderTopLeftRadius, paddingTop } = getComputedStyle(each);
        return parseFloat(borderTopLeftRadius) > parseFloat(paddingTop);
    });
    const without = [...document.querySelectorAll("img")].filter((each) =>
        ![each, each.parentElement].some((one) => getComputedStyle(one).backgroundColor === "rgb(255, 255, 255)"));
    return [wide, cut, without].map((found) => found.map((each) => each.outerHTML.slice(0, 90)));
}"""


@pytest.mark.parametrize("key", ["sign_in", "mail_password_changed"])
def test_dark_logos_stand_on_a_ground_that_is_no_wider_than_its_column_and_cuts_nothing(
    acme: Tenant, open_page: Callable[..., Page], key: str
) -> None:
    window = open_page("/t/acme/brand/nothing/", bypass_csp=True)
    content = b64encode(transparent_picture(960, 80, color=(16, 16, 32, 255))).decode()
    logo = Picture(f"data:image/png;base64,{content}", 960, 80, is_dark=True)
    with tenant_context(acme):
        shown: dict[str, Any] = {"logo_url": logo.url, "logo_width": 320, "logo_height": 27, "logo_is_dark": True}
        look = replace(look_for("en"), color_scheme="dark", shows_header=True, header_logo=logo, **shown)
        html = html_of_sample(key, look=look, language="en", words=TenantsWords([]))
    window.emulate_media(color_scheme="dark")
    for screen in (PHONE, DESK):
        window.set_viewport_size(screen)
        window.set_content(html)
        assert window.locator("img").count() == 2
        assert window.evaluate(WRONG_WITH_LOGOS) == [[], [], []]


# How wide the cells of a code are together and each, beside the button below; what stands beside each thing that is
# allowed, and above them; and whether a page that ends something shows a sign in the midst of the screen.
DRAWN = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    const box = (each) => each.getBoundingClientRect();
    const cells = all(".cells i").map(box);
    const middle = ({ left, right }) => Math.abs((left + right) / 2 - document.documentElement.clientWidth / 2) < 2;
    return {
        cells: cells.map(({ width }) => Math.round(width)),
        across: cells.length ? Math.round(Math.max(...cells.map((each) => each.right)) - cells[0].left) : 0,
        button: all("button.primary").map((each) => Math.round(box(each).width))[0],
        allowed: all(".allowances li").map((each) => each.querySelectorAll("svg :is(path, circle, rect)").length > 0),
        logos: all(".logos :is(img, .letter)").length,
        isEnding: all(".ending svg").some((each) => middle(box(each))) && all(".ending h1").length === 1,
    };
}"""


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_codes_have_wide_cells_what_is_allowed_has_icons_and_endings_a_sign(
    acme: Tenant, open_page: Callable[..., Page], screen: ViewportSize
) -> None:
    window = open_page("/t/acme/brand/nothing/", bypass_csp=True, viewport=screen)

    def seen(sample: Sample) -> dict[str, Any]:
        with tenant_context(acme):
            window.set_content(drawn(sample, look=look_for("en"), language="en", words=None))
        found: dict[str, Any] = window.evaluate(DRAWN)
        return found

    pages = {each.key: each for each in samples()}
    code, consent = seen(pages["code"]), seen(pages["consent"])
    assert len(code["cells"]) == 6
    assert min(code["cells"]) >= 40
    assert code["across"] == code["button"]
    assert consent["logos"] == 1
    assert consent["allowed"]
    assert all(consent["allowed"])
    endings = [each for each in pages.values() if each.group == SampleGroup.DEAD_ENDS]
    endings += [pages[key] for key in ("signed_out", "device_approved", "device_denied", "link_used", "link_over")]
    assert [each.key for each in endings if not seen(each)["isEnding"]] == []


# As wide as a phone with letters twice as large, each sample in a frame from which no form is sent: what is too wide;
# where a word is parted letter by letter; inputs too narrow to type into; controls that lie over each other.
FRAMES = """(pages) => document.body.replaceChildren(...pages.map((html) => Object.assign(
    document.createElement("iframe"),
    { srcdoc: html, sandbox: "allow-same-origin allow-scripts", width: 195, height: 422, style: "border: 0" })))"""
LOADED = """() => [...document.querySelectorAll("iframe")].every((frame) =>
    frame.contentDocument.readyState === "complete" && frame.contentDocument.body.childElementCount)"""
CUT = f"""() => [...document.querySelectorAll("iframe")].map(({{ contentDocument: document, width }}) => {{
    document.querySelectorAll("details").forEach((each) => {{ each.open = true; }});
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    const told = (found) => found.map((each) => each.outerHTML.slice(0, 160));
    const typed = "input:not([type=hidden], [type=checkbox], [type=radio], [aria-hidden]), select, textarea";
    return {{
        wide: document.documentElement.scrollWidth > width,
        tall: told(seen("label, dt, dd").filter((each) => each.offsetHeight > 4 * each.offsetWidth)),
        narrow: told(seen(typed).filter((each) => !each.closest(".visually-hidden") && each.offsetWidth < 80)),
        overlapping: ({OVERLAPPING})(),
    }};
}})"""
NOTHING = {"wide": False, "tall": [], "narrow": [], "overlapping": []}


# Where words were cut, beside German.
LONG_WORDS = {
    "el": ("account.everything", "link_used"),
    "fi": ("not_admitted", "closed"),
    "hu": ("language", "sign_up.errors"),
}


def test_letters_twice_as_large_on_a_phone_cut_no_word(acme: Tenant, open_page: Callable[..., Page]) -> None:
    """WCAG 1.4.4."""
    window = open_page("/t/acme/brand/nothing/", bypass_csp=True)
    # Whoever is signed out is led on to the application.
    window.route("**/signed-out.js", lambda route: route.abort())
    pages = [each for each in samples(with_variants=True) if not each.template.startswith("emails/")]
    seen = [(each, "de") for each in pages]
    seen += [(each, language) for language, keys in LONG_WORDS.items() for each in pages if each.key in keys]
    with tenant_context(acme):
        drawings = [drawn(each, look=look_for(language), language=language, words=None) for each, language in seen]
    window.evaluate(FRAMES, drawings)
    wait_until(window, LOADED)
    cut = zip(((each.key, language) for each, language in seen), window.evaluate(CUT), strict=True)
    assert {which: found for which, found in cut if found != NOTHING} == {}
