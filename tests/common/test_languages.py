"""The one table of languages: whatever is made from it agrees, for every row."""

from dataclasses import replace

import pytest
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language_info, get_supported_language_variant

from common.text.languages import (
    LANGUAGES,
    TRANSLATED_LANGUAGES,
    Language,
    find_language,
    language_name,
    lookup_chain,
    served_by,
)
from portal_frame.fields.words import language_choices
from tools import translations

EACH = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)


@EACH
def test_a_language_is_found_by_tag_and_by_code_however_it_is_spelt(language: Language) -> None:
    for name in (language.tag, language.code, language.tag.upper(), language.tag.replace("-", "_")):
        assert find_language(name) is language
    assert language_name(language.code) == language.english


@EACH
def test_django_and_the_unicode_consortium_write_it_in_the_same_direction(language: Language) -> None:
    assert get_language_info(language.code)["bidi"] is language.is_right_to_left
    assert Locale.parse(language.tag, sep="-").text_direction == language.direction


@EACH
def test_a_branding_of_a_language_serves_pages_in_it_by_djangos_code(language: Language) -> None:
    assert lookup_chain(language.code, [language.tag]) == [language.tag]
    assert lookup_chain(f"{language.tag}-x-own", [language.tag]) == [language.tag]


@EACH
def test_words_can_be_listed_in_it(language: Language) -> None:
    """`pt-br` was a KeyError."""
    [choice] = language_choices(lambda _code: [], lambda code: f"/{code}/", [language])
    assert (choice.name, choice.url) == (language.english, f"/{language.code}/")


def test_own_names_are_each_languages_alone() -> None:
    assert len({language.own for language in LANGUAGES}) == len({language.code for language in LANGUAGES})
    assert len(LANGUAGES) == len({language.tag for language in LANGUAGES})


def test_pages_offer_the_translated_languages_by_their_own_names() -> None:
    assert dict(settings.LANGUAGES) == {language.code: language.own for language in TRANSLATED_LANGUAGES}
    assert [get_supported_language_variant(code) for code, _ in settings.LANGUAGES] == [
        code for code, _ in settings.LANGUAGES
    ]


@EACH
def test_it_serves_whoever_asks_for_a_region_of_it(language: Language) -> None:
    codes = [each.code for each in LANGUAGES]
    for name in (language.tag, language.code, f"{language.tag}-x-own", language.tag.upper()):
        assert served_by(name, codes) == language.code


def test_scripts_and_regions_are_served_by_the_nearest() -> None:
    codes = ["de", "pt", "zh-hans", "zh-hant", "sr-latn"]
    asked = ("zh-Hans-SG", "zh", "zh-TW", "pt-AO", "pt-BR", "sr", "de-CH-1996", "d", "")
    served = ["zh-hans", "zh-hans", "zh-hant", "pt", "pt", "sr-latn", "de", "", ""]
    assert [served_by(name, codes) for name in asked] == served


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("no nn no-NO nn-NO", "nb"),
        ("iw iw-IL", "he"),
        ("in in-ID", "id"),
        ("zh-HK zh-MO zh-Hant-HK zh-Hant-MO", "zh-hk"),
        ("zh-TW zh-Hant zh-Hant-TW", "zh-hant"),
        ("es-419 es-AR es-CO es-US", "es-mx"),
        ("es-ES es-GQ", "es"),
        ("en-AU en-NZ en-IE", "en-gb"),
        ("en-US en-CA", "en"),
    ],
)
def test_what_browsers_call_a_language_otherwise_is_served_by_the_nearest(asked: str, served: str) -> None:
    """A browser in Norwegian that says `no` read English."""
    language = find_language(served)
    assert language
    for name in asked.split():
        assert served_by(name, [each.code for each in LANGUAGES]) == served
        assert lookup_chain(name, [each.tag for each in LANGUAGES])[0] == language.tag


def test_where_the_nearest_is_not_offered_the_next_serves() -> None:
    assert served_by("es-AR", ["en", "es"]) == "es"
    assert served_by("en-AU", ["en", "es"]) == "en"
    assert served_by("zh-HK", ["zh-hans", "zh-hant"]) == "zh-hant"
    assert served_by("nn", ["nn", "nb"]) == "nn"
    assert served_by("no", ["en"]) == ""


def test_what_is_longer_than_any_tag_is_no_language() -> None:
    """A stranger's cookie of 16 kilobytes would keep a core busy for most of a second."""
    assert lookup_chain("de-AT-1996", ["de"]) == ["de"]
    assert lookup_chain(f"de{'-a' * 8000}", ["de"]) == []
    assert served_by(f"de{'-a' * 8000}", ["de"]) == ""


def test_a_pattern_that_finds_no_sentences_is_told_of() -> None:
    customers = replace(translations.CUSTOMERS, sources=(*translations.SOURCES, "moved/away.py"))
    # The first of the problems: what comes after it, all catalogues, isn't read.
    assert next(translations._problems_of(customers)) == "moved/away.py: no such file"
