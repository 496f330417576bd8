"""What stands on a button of a customer page or a mail stays on it in each language, on the narrowest screen."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from common.text.languages import TRANSLATED_LANGUAGES, Language
from tests.house_rules.sources import TEMPLATES, template_text
from tests.screens import NARROWEST

pytestmark = pytest.mark.browser
BUTTON = re.compile(
    r'<(button|a)\b[^>]*class="(?P<kind>(?:primary|secondary|link|button)[^"]*)"[^>]*>(?P<inside>.*?)</\1>', re.DOTALL
)
SAID = re.compile(
    r"""{% translate ["'](?P<words>[^"']+)["'] %}|{% blocktranslate[^%]*%}(?P<block>.*?){% endblocktranslate %}""", re.S
)
# What a button on another template says, which is handed to the one that draws it.
HANDED_ON = re.compile(r"""{% translate "([^"]+)" as text %}""")
INCLUDED = re.compile(r"""{% include "([^"]+)" %}""")
STYLE_SHEETS = ("tokens.css", "customer/customer.css")
PAGES, MAILS = TEMPLATES / "customer", TEMPLATES / "emails"
STYLE_OF_MAILS = re.compile(r"<style>(.*)</style>", re.DOTALL)
NAME, TOO_LONG = "Bookshop", "Donaudampfschifffahrtsgesellschaftskapitän" * 4
# The buttons of which the words don't stay inside, or take more than three lines.
OVERFLOWING = """() => [...document.querySelectorAll("button, a.button")].filter((button) => {
    const words = document.createRange();
    words.selectNodeContents(button);
    const around = button.getBoundingClientRect(), within = words.getBoundingClientRect();
    const line = parseFloat(getComputedStyle(button).lineHeight);
    const sticksOut = within.left < Math.max(around.left - 1, 0)
        || within.right > Math.min(around.right + 1, innerWidth);
    return sticksOut || within.height > 3.2 * line;
}).map((button) => `${button.closest("section").lang}: ${button.innerText}`)"""


def _buttons(folder: Path) -> set[tuple[str, str]]:
    """The kind of each button, and the message it says."""
    return {button for path in folder.rglob("*.html") for button in _buttons_of(template_text(path))}


def _buttons_of(text: str) -> Iterator[tuple[str, str]]:
    for button in BUTTON.finditer(text):
        inside = INCLUDED.sub(lambda included: template_text(TEMPLATES / included[1]), button["inside"])
        for said in SAID.finditer(inside):
            block = re.sub(r"{{ (\w+) }}", r"%(\1)s", " ".join((said["block"] or "").split()))
            yield button["kind"], said["words"] or block
    yield from (("secondary", words) for words in HANDED_ON.findall(text))


def _section(language: Language, buttons: set[tuple[str, str]], tag: str) -> str:
    with translation.override(language.code):
        said = [(kind, re.sub(r"%\(\w+\)[sd]", NAME, gettext(message))) for kind, message in sorted(buttons)]
    drawn = "".join(f'<p><{tag} class="{escape(kind)}">{words}</{tag}></p>' for kind, words in said)
    return f'<section class="card" lang="{language.tag}" dir="{language.direction}">{drawn}</section>'


def _shown(chromium: Chromium, buttons: set[tuple[str, str]], *, tag: str, styles: str, around: str) -> Page:
    drawn = "".join(_section(language, buttons, tag) for language in TRANSLATED_LANGUAGES)
    page = chromium.new_page(viewport=NARROWEST)
    page.set_content(f"<!doctype html><style>{styles}</style><body class='full'><div class='{around}'>{drawn}</div>")
    return page


def _finds_what_is_too_long(page: Page, kind: str) -> bool:
    page.evaluate(f"document.querySelectorAll('.{kind}')[3].textContent = '{TOO_LONG}'")
    return len(page.evaluate(OVERFLOWING)) == 1


def test_no_button_is_too_small_for_its_words_in_any_language(chromium: Chromium) -> None:
    buttons = _buttons(PAGES)
    assert len(buttons) > 60
    styles = "".join((settings.BASE_DIR / "static" / name).read_text(encoding="utf-8") for name in STYLE_SHEETS)
    page = _shown(chromium, buttons, tag="button", styles=styles, around="page")

    assert page.evaluate(OVERFLOWING) == []
    assert _finds_what_is_too_long(page, "primary")
    page.close()


def test_nor_is_any_in_a_mail(chromium: Chromium) -> None:
    buttons = _buttons(MAILS)
    assert {("button", "Sign in"), ("button", "Secure your account")} <= buttons
    style = STYLE_OF_MAILS.search(template_text(MAILS / "base.html"))
    assert style
    page = _shown(chromium, buttons, tag="a", styles=re.sub(r"{{.*?}}", "#333333", style[1]), around="mail")

    assert page.evaluate(OVERFLOWING) == []
    assert _finds_what_is_too_long(page, "button")
    page.close()
