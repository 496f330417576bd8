"""Everybody can use each page that customers see, in each state: looked at as samples on the narrowest screen and on a
desktop, in languages of different scripts.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Literal, NamedTuple

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, ViewportSize

from branding.look import look_for
from branding.preview.samples import Sample, drawn, samples
from tenants.models import Tenant
from tests.screens import DESK, NARROWEST, OVERLAPPING, check, wait_until

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
