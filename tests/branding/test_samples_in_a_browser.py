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
from tests.screens import DESK, NARROWEST, PHONE, check

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


# Where words were cut.
LONG_WORDS = {
    "de": ("owners_link", "recovery_code.errors", "password"),
    "el": ("account.everything", "link_used"),
    "fi": ("not_admitted", "closed"),
    "hu": ("language", "sign_up.errors"),
}


def test_letters_twice_as_large_on_a_phone_cut_no_word(acme: Tenant, open_page: Callable[..., Page]) -> None:
    """WCAG 1.4.4."""
    window, there_are = open_page("/t/acme/brand/nothing/", bypass_csp=True), samples(with_variants=True)
    window.set_viewport_size({"width": PHONE["width"] // 2, "height": PHONE["height"] // 2})
    for language, keys in LONG_WORDS.items():
        for sample in (each for each in there_are if each.key in keys):
            with tenant_context(acme):
                html = drawn(sample, look=look_for(language), language=language, words=None)
            window.set_content(html)
            assert window.evaluate("document.documentElement.scrollWidth <= innerWidth"), (sample.key, language)
            # Nor is one parted letter by letter beside something else.
            tall = "[...document.querySelectorAll('label')].filter((each) => each.offsetHeight > 4 * each.offsetWidth)"
            assert window.evaluate(f"{tall}.length") == 0, (sample.key, language)
