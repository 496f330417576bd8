"""Ada publishes a brand in three languages, and a theme for one application: each page and mail wears it and says it,
light and dark.
"""

from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Any

import pytest
from django.template.loader import render_to_string
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.models import Application
from branding.languages.offered import offer
from branding.look import look_for
from branding.models import BrandingImage, Theme
from branding.preview.samples import Sample, SampleGroup, samples
from branding.words.in_force import words_in_force
from branding.words.products import products_texts
from branding.words.services import change_words
from branding.words.table import sentences
from branding.words.where import EVERYWHERE, Where
from common.text.spoken import speaking, speaking_language
from tenants.models import Tenant
from tests.branding.brands import ADA, PAGE, draft, theme_of
from tests.branding.pictures import picture, upload
from tests.branding.served import at_home, mailed, seen_on, walks_from
from tests.branding.worn import Worn, differing, put
from tests.screens import DESK
from tests.userflows.factors.phone import Clock, with_phone
from tests.userflows.several import make_account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = {"en": "ltr", "de": "ltr", "ar": "rtl"}
KINDS = BrandingImage.Kind
ACME, KIDS = "(Acme)", "(Kids)"
PRIVACY, TERMS = "https://acme.example/privacy", "https://acme.example/terms"
# What stands at the end of each heading, below the card, below a sign-in and in its field: of the tenant, of the theme.
LEGAL = {
    "en": [f"Privacy {PRIVACY}", f"Terms of use {TERMS}"],
    "de": [f"Datenschutz bei Acme {PRIVACY}", f"Nutzungsbedingungen {TERMS}"],
    "ar": [f"الخصوصية {PRIVACY}", f"شروط أكمي {TERMS}"],
}
TEXTS = {
    ACME: {"en": "Books since 1950", "de": "Bücher seit 1950", "ar": "Books since 1950"},
    KIDS: {"en": "Books since 1950", "de": "Bücher seit 1950", "ar": "كتب للأطفال"},
}
HINTS = {
    ACME: {"en": "you@acme.example", "de": "du@acme.example", "ar": "you@acme.example"},
    KIDS: {"en": "kids@acme.example", "de": "kids@acme.example", "ar": "kids@acme.example"},
}
# Each light and dark.
ACCENTS = {ACME: ("rgb(15, 118, 110)", "rgb(153, 246, 228)"), KIDS: ("rgb(180, 83, 9)", "rgb(253, 186, 116)")}
ON_ACCENT = ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
RADIUS, FONT = {ACME: "14px", KIDS: "0px"}, {ACME: "Charter", KIDS: "ui-rounded"}
BEHIND = {ACME: ("rgb(204, 251, 241)", "rgb(4, 47, 46)"), KIDS: ("rgb(254, 243, 199)", "rgb(69, 26, 3)")}
CARDS = ("rgb(255, 251, 245)", "rgb(36, 26, 28)")
BAR = "rgb(8, 51, 68) rgb(255, 255, 255)"
# Pictures by the colour that each is of. A logo of one's own in a language is the one on dark pages, too.
LOGOS = {
    ACME: {"en": ("#0d9488", "#5eead4"), "de": ("#b91c1c", "#b91c1c"), "ar": ("#0d9488", "#5eead4")},
    KIDS: {"en": ("#0d9488", "#5eead4"), "de": ("#b91c1c", "#b91c1c"), "ar": ("#7c3aed", "#7c3aed")},
}
BACKGROUNDS, HEADER = {ACME: "#134e4a", KIDS: "#f59e0b"}, "#a3e635"
ICONS = {
    ACME: {"en": "#1d4ed8", "de": "#1d4ed8", "ar": "#1d4ed8"},
    KIDS: {"en": "#1d4ed8", "de": "#db2777", "ar": "#1d4ed8"},
}
NEARLY = 12
"""As far as a channel of a colour may be off once a picture is compressed."""
# Headings that aren't what their samples are called.
NAMING = (
    "Continue to {name}?",
    "Remove {name}?",
    "Welcome to {tenant}",
    "{name} wants to access your account",
    "Page not found",
    "Sign-in is paused",
    "You are leaving {tenant}",
    "Your account at {tenant} is blocked",
    "You're invited to {tenant}",
    "You can now sign in to {tenant} with {name}",
    "You can no longer sign in to {tenant} with {name}",
)


MAIL = "served mail"


def said(tenant: Tenant, mark: str, where: Where = EVERYWHERE) -> None:
    """Each heading of the product's with a mark at its end, in each language."""
    headings = {*(str(sample.name) for sample in samples()), *NAMING} & sentences().keys()
    with tenant_context(tenant):
        for language in LANGUAGES:
            wished = {
                text: [f"{form} {mark}" for form in products_texts(sentences()[text], language)] for text in headings
            }
            change_words(language=language, wished=wished, where=where, actor=ADA)


def flat(width: int, height: int, color: str) -> Any:
    return upload(picture(width, height, color=color))


def designed(tenant: Tenant, application: Application) -> Theme:
    """A draft of both: what the theme leaves alone is the tenant's."""
    draft(
        tenant,
        accent_color="#0f766e",
        dark_accent_color="#99f6e4",
        background_color="#ccfbf1",
        dark_background_color="#042f2e",
        surface_color="#fffbf5",
        dark_surface_color="#241a1c",
        font="serif",
        corner_radius="large",
        shows_header=True,
        header_color="#083344",
        shows_footer=True,
        privacy_url=PRIVACY,
        terms_url=TERMS,
        sign_in_page_text=TEXTS[ACME]["en"],
        username_hint=HINTS[ACME]["en"],
        images={
            KINDS.BANNER_LOGO: flat(160, 36, "#0d9488"),
            KINDS.BANNER_LOGO_DARK: flat(200, 50, "#5eead4"),
            KINDS.HEADER_LOGO: flat(960, 80, HEADER),
            KINDS.BACKGROUND: flat(320, 180, BACKGROUNDS[ACME]),
            KINDS.FAVICON: flat(32, 32, ICONS[ACME]["en"]),
        },
    )
    draft(
        tenant,
        "de",
        legal_lines="Acme GmbH, Hamburg",
        privacy_text="Datenschutz bei Acme",
        sign_in_page_text=TEXTS[ACME]["de"],
        username_hint=HINTS[ACME]["de"],
        images={KINDS.BANNER_LOGO: flat(120, 36, "#b91c1c")},
    )
    draft(tenant, "ar", terms_text="شروط أكمي")
    said(tenant, ACME)
    theme = theme_of(tenant, str(application.client_id))
    draft(
        tenant,
        theme=theme,
        accent_color="#b45309",
        dark_accent_color="#fdba74",
        background_color="#fef3c7",
        dark_background_color="#451a03",
        font="rounded",
        corner_radius="none",
        layout="split",
        username_hint=HINTS[KIDS]["en"],
        images={KINDS.BACKGROUND: flat(320, 180, BACKGROUNDS[KIDS])},
    )
    draft(tenant, "de", theme=theme, images={KINDS.FAVICON: flat(32, 32, ICONS[KIDS]["de"])})
    draft(
        tenant,
        "ar",
        theme=theme,
        sign_in_page_text=TEXTS[KIDS]["ar"],
        images={KINDS.BANNER_LOGO: flat(90, 30, "#7c3aed")},
    )
    said(tenant, KIDS, Where(theme=theme.pk))
    return theme


def drawn(sample: Sample, language: str, client_id: str) -> str:
    """The page as it is for a customer of the application, or of none, by what is published."""
    look, offered = look_for(language, client_id=client_id), offer()
    with speaking_language(*offered.spoken_as(language)), speaking(words_in_force(client_id=client_id)):
        page = {"look": look, "spoken": offered.language(language), "has_languages": True, "is_sample": True}
        return render_to_string(sample.template, {**page, **sample.context(look)})


def is_nearly(found: list[list[int]], color: str) -> bool:
    """Whether it is one picture, of this colour."""
    wished = bytes.fromhex(color.removeprefix("#"))
    return len(found) == 1 and all(abs(one - other) <= NEARLY for one, other in zip(found[0], wished, strict=True))


def wrong_in(name: str, page: Worn, *, mark: str, language: str, is_dark: bool) -> Worn:
    """What isn't as it was published; of what only some pages have, if it is there."""
    is_first, is_mail = name == "served address", name in {MAIL, *(each.key for each in samples(SampleGroup.MAILS))}
    accent, on_accent = (each[is_dark] for each in (ACCENTS[mark], ON_ACCENT))
    is_right = {
        "language": page["language"] == language,
        "direction": page["direction"] == LANGUAGES[language],
        "heading": page["heading"].endswith(mark),
        "cards": page["cards"] == [CARDS[is_dark]],
        "buttons": page["buttons"] in ([], [f"{accent} {on_accent} {RADIUS[mark]}"]),
        "links": page["links"] in ([], [accent]),
        "fonts": page["fonts"] == [FONT[mark]],
        "behind": page["behind"] == [BEHIND[mark][is_dark]],
        "bars": page["bars"] == [BAR],
        "headers": is_nearly(page["headers"], HEADER),
        "wide": page["wide"] == [],
        "logos": is_nearly(page["logos"], LOGOS[mark][language][is_dark]),
        "texts": page["texts"] == [TEXTS[mark][language]] or not (page["texts"] or is_first),
        "hints": page["hints"] == [HINTS[mark][language]] or not (page["hints"] or is_first),
    }
    if not is_mail:
        is_right |= {
            "backgrounds": is_nearly(page["backgrounds"], BACKGROUNDS[mark]),
            "icons": is_nearly(page["icons"], ICONS[mark][language]),
            "legal": page["legal"] == LEGAL[language],
        }
    return {what: page[what] for what, right in is_right.items() if not right}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    return clock


def test_each_page_wears_and_says_what_is_published_in_three_languages_light_and_dark(
    acme: Tenant,
    carol: Account,
    bookshop: Application,
    mobile: Application,
    clock: Clock,
    open_portal: Callable[..., Page],
    open_page: Callable[..., Page],
) -> None:
    """As they are served to those whom applications send, one with a theme, and as samples: some are seldom served.

    Of the samples each is seen in each language and of either brand, half of them of the one and half of the other.
    """
    theme = designed(acme, mobile)
    portal = open_portal(viewport=DESK)
    for address in (PAGE, f"{PAGE}themes/{theme.pk}/"):
        portal.goto(address)
        portal.get_by_role("link", name="Review and publish").click()
        portal.locator("form.panel").get_by_role("button", name="Publish").click()
        expect(portal.get_by_text("customers see it now")).to_be_visible()

    window = open_page("/t/acme/brand/nothing/", bypass_csp=True)
    phone, dora = with_phone(acme, carol, clock), make_account(acme, "Dora")
    halves = cycle((0, 1))
    for mark, application in ((ACME, bookshop), (KIDS, mobile)):
        walks = walks_from(application, carol=carol, dora=dora, phone=phone)
        if mark == ACME:
            walks.append(partial(at_home, account=carol))
        for language, served in seen_on(walks, acme, LANGUAGES).items():
            with tenant_context(acme):
                half = samples()[next(halves) :: 2]
                shown = {each.key: drawn(each, language, str(application.client_id)) for each in half}
            put(window, {**shown, **served, MAIL: mailed(acme, application, language)})
            for is_dark in (False, True):
                about = partial(wrong_in, mark=mark, language=language, is_dark=is_dark)
                assert differing(window, about, is_dark=is_dark) == {}, (mark, language, is_dark)
