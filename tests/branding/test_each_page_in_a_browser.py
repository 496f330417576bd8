"""Ada publishes a brand in three languages, and a theme for one application: each page and mail wears it and says it,
light and dark.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.template.loader import render_to_string
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from applications.models import Application
from branding.languages.offered import offer
from branding.look import look_for
from branding.models import BrandingImage, Theme
from branding.preview.samples import Group, Sample, samples
from branding.words.in_force import words_in_force
from branding.words.products import products_texts
from branding.words.services import change_words
from branding.words.table import sentences
from branding.words.where import EVERYWHERE, Where
from common.text.spoken import speaking, speaking_language
from tenants.models import Tenant
from tests.branding.brands import ADA, PAGE, draft, theme_of
from tests.branding.pictures import picture, upload
from tests.screens import DESK, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECONDS = 10
LANGUAGES = {"en": "ltr", "de": "ltr", "ar": "rtl"}
KINDS = BrandingImage.Kind
# Of the tenant's own brand and of the theme, light and dark: the accent, and how wide the logo's file is by language.
# A logo of one's own in a language is the one on dark pages, too.
ACCENTS = {"(Acme)": ("rgb(15, 118, 110)", "rgb(153, 246, 228)"), "(Kids)": ("rgb(180, 83, 9)", "rgb(253, 186, 116)")}
LOGOS = {
    "(Acme)": {"en": (160, 200), "de": (120, 120), "ar": (160, 200)},
    "(Kids)": {"en": (160, 200), "de": (120, 120), "ar": (90, 90)},
}
CARDS, CARDS_OF_MAILS = ("rgb(255, 251, 245)", "rgb(36, 26, 28)"), ("rgb(255, 255, 255)", "rgb(21, 24, 29)")
# Headings that aren't what their samples are called.
NAMING = (
    "Continue to {name}?",
    "Remove {name}?",
    "Welcome to {tenant}",
    "{name} wants to access your account",
    "Sign-in is paused",
    "You are leaving {tenant}",
    "You're invited to {tenant}",
    "You can now sign in to {tenant} with {name}",
    "You can no longer sign in to {tenant} with {name}",
)
# What each page of a document wears and says, once nothing moves any more.
WORN = """() => [...document.querySelectorAll("iframe")].map((frame) => {
    const { name, contentDocument: page, contentWindow: window } = frame;
    page.getAnimations().forEach((each) => each.finish());
    const seen = (selector) => [...page.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    const colors = (selector) => seen(selector).map((each) => window.getComputedStyle(each).backgroundColor);
    return [name, {
        language: page.documentElement.lang,
        direction: page.documentElement.dir,
        heading: page.querySelector("h1").innerText,
        cards: colors(".card"),
        buttons: [...new Set(colors(".primary:not(.danger), a.button"))],
        logos: seen(".brand img").map((each) => each.naturalWidth),
    }];
})"""
LOADED = """() => [...document.querySelectorAll("iframe")].every((frame) =>
    frame.contentDocument.readyState === "complete" && frame.contentDocument.querySelector("h1"))"""


def said(tenant: Tenant, mark: str, where: Where = EVERYWHERE) -> None:
    """Each heading of the product's with a mark at its end, in each language."""
    headings = {*(str(sample.name) for sample in samples()), *NAMING} & sentences().keys()
    with tenant_context(tenant):
        for language in LANGUAGES:
            wished = {
                text: [f"{form} {mark}" for form in products_texts(sentences()[text], language)] for text in headings
            }
            change_words(language=language, wished=wished, where=where, actor=ADA)


def designed(tenant: Tenant, application: Application) -> Theme:
    """A draft of both: what the theme leaves alone is the tenant's."""
    dark = upload(picture(200, 50, color="#99f6e4"))
    draft(
        tenant,
        accent_color="#0f766e",
        dark_accent_color="#99f6e4",
        surface_color="#fffbf5",
        dark_surface_color="#241a1c",
        images={KINDS.BANNER_LOGO: upload(picture(160, 36)), KINDS.BANNER_LOGO_DARK: dark},
    )
    draft(tenant, "de", legal_lines="Acme GmbH, Hamburg", images={KINDS.BANNER_LOGO: upload(picture(120, 36))})
    said(tenant, "(Acme)")
    theme = theme_of(tenant, str(application.client_id))
    draft(tenant, theme=theme, accent_color="#b45309", dark_accent_color="#fdba74")
    draft(tenant, "ar", theme=theme, images={KINDS.BANNER_LOGO: upload(picture(90, 30))})
    said(tenant, "(Kids)", Where(theme=theme.pk))
    return theme


def drawn(sample: Sample, language: str, client_id: str) -> str:
    """The page as it is for a customer of the application, or of none, by what is published."""
    look, offered = look_for(language, client_id=client_id), offer()
    with speaking_language(*offered.spoken_as(language)), speaking(words_in_force(client_id=client_id)):
        page = {"look": look, "spoken": offered.language(language), "has_languages": True, "is_sample": True}
        return render_to_string(sample.template, {**page, **sample.context(look)})


def put(window: Page, pages: dict[str, str]) -> None:
    """Show all of them, each in a frame where nothing runs and nothing leads on."""
    window.evaluate(
        """(pages) => document.body.replaceChildren(...Object.entries(pages).map(([name, html]) =>
            Object.assign(document.createElement("iframe"), { name, srcdoc: html, sandbox: "allow-same-origin" })))""",
        pages,
    )
    wait_until(window, LOADED)


def unlike(window: Page, mark: str, language: str, *, is_dark: bool) -> list[dict[str, Any]]:
    """Those that wear or say something else than they should, once pictures have come."""
    window.emulate_media(color_scheme="dark" if is_dark else "light")
    until = time.monotonic() + SECONDS
    while True:
        pages = dict(window.evaluate(WORN))
        wears = partial(is_right, mark=mark, language=language, is_dark=is_dark)
        wrong = [pages[each.key] for each in samples() if not wears(each, pages[each.key])]
        if not wrong or time.monotonic() > until:
            return wrong
        window.wait_for_timeout(100)


def is_right(sample: Sample, page: dict[str, Any], *, mark: str, language: str, is_dark: bool) -> bool:
    """Whether all of it is what was published. A mail's buttons stay as they are."""
    is_mail = sample.group == Group.MAILS
    accent = ACCENTS[mark][is_dark and not is_mail]
    return (
        (page["language"], page["direction"]) == (language, LANGUAGES[language])
        and page["heading"].endswith(mark)
        and page["cards"] == [(CARDS_OF_MAILS if is_mail else CARDS)[is_dark]]
        and page["buttons"] in ([], [accent])
        and page["logos"] == [LOGOS[mark][language][is_dark]]
    )


def test_each_page_wears_and_says_what_is_published_in_three_languages_light_and_dark(
    acme: Tenant, mobile: Application, open_portal: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    theme = designed(acme, mobile)
    portal = open_portal(viewport=DESK)
    for address in (PAGE, f"{PAGE}themes/{theme.pk}/"):
        portal.goto(f"{address}publish/")
        portal.locator("form.panel").get_by_role("button", name="Publish").click()
        expect(portal.get_by_text("customers see it now")).to_be_visible()

    window = open_page("/t/acme/brand/nothing/", bypass_csp=True)
    for mark, client_id in (("(Acme)", ""), ("(Kids)", str(mobile.client_id))):
        for language in LANGUAGES:
            with tenant_context(acme):
                put(window, {each.key: drawn(each, language, client_id) for each in samples()})
            for is_dark in (False, True):
                assert unlike(window, mark, language, is_dark=is_dark) == []
