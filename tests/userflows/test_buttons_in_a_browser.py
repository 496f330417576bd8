"""What stands on a button of a customer page stays on it in each language, on the narrowest screen."""

import re
from collections.abc import Iterator
from html import escape

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser as Chromium

from common.text.languages import TRANSLATED_LANGUAGES, Language
from tests.house_rules.sources import TEMPLATES, template_text
from tests.screens import NARROWEST

pytestmark = pytest.mark.browser
BUTTON = re.compile(
    r'<(button|a)\b[^>]*class="(?P<kind>(?:primary|secondary|link)[^"]*)"[^>]*>(?P<inside>.*?)</\1>', re.DOTALL
)
SAID = re.compile(
    r"""{% translate ["'](?P<words>[^"']+)["'] %}|{% blocktranslate[^%]*%}(?P<block>.*?){% endblocktranslate %}""", re.S
)
# What a button on another template says, which is handed to the one that draws it.
HANDED_ON = re.compile(r"""{% translate "([^"]+)" as text %}""")
STYLE_SHEETS = ("tokens.css", "customer/customer.css")
NAME = "Bookshop"
# The buttons of which the words don't stay inside, or take more than three lines.
OVERFLOWING = """() => [...document.querySelectorAll("button")].filter((button) => {
    const words = document.createRange();
    words.selectNodeContents(button);
    const around = button.getBoundingClientRect(), within = words.getBoundingClientRect();
    const line = parseFloat(getComputedStyle(button).lineHeight);
    const sticksOut = within.left < around.left - 1 || within.right > Math.min(around.right + 1, innerWidth);
    return sticksOut || within.height > 3.2 * line;
}).map((button) => `${button.closest("section").lang}: ${button.innerText}`)"""


def _buttons() -> Iterator[tuple[str, str]]:
    """The kind of each button, and the message it says."""
    for path in sorted([*(TEMPLATES / "customer").rglob("*.html"), *(TEMPLATES / "emails").rglob("*.html")]):
        text = template_text(path)
        for button in BUTTON.finditer(text):
            for said in SAID.finditer(button["inside"]):
                block = re.sub(r"{{ (\w+) }}", r"%(\1)s", " ".join((said["block"] or "").split()))
                yield button["kind"], said["words"] or block
        yield from (("secondary", words) for words in HANDED_ON.findall(text))


def _section(language: Language, buttons: set[tuple[str, str]]) -> str:
    with translation.override(language.code):
        said = [(kind, re.sub(r"%\(\w+\)[sd]", NAME, gettext(message))) for kind, message in sorted(buttons)]
    drawn = "".join(f'<p><button class="{escape(kind)}">{words}</button></p>' for kind, words in said)
    return f'<section class="card" lang="{language.tag}" dir="{language.direction}">{drawn}</section>'


def test_no_button_is_too_small_for_its_words_in_any_language(chromium: Chromium) -> None:
    buttons = {*_buttons()}
    assert len(buttons) > 60
    styles = "".join((settings.BASE_DIR / "static" / name).read_text(encoding="utf-8") for name in STYLE_SHEETS)
    drawn = "".join(_section(language, buttons) for language in TRANSLATED_LANGUAGES)
    page = chromium.new_page(viewport=NARROWEST)
    page.set_content(f"<!doctype html><style>{styles}</style><body class='full'><div class='page'>{drawn}</div>")

    assert page.evaluate(OVERFLOWING) == []
    page.evaluate("document.querySelectorAll('.primary')[3].textContent = 'Donaudampfschifffahrtsgesellschaftskapitän'")
    assert len(page.evaluate(OVERFLOWING)) == 1
    page.close()
