"""Countries and regions, kept as the two letters of ISO 3166-1; their names are those of CLDR."""

from functools import cache

from babel import Locale
from django.utils.translation import gettext_lazy as _

from common.text.languages import ENGLISH, TRANSLATED_LANGUAGES, find_language
from common.text.texts import plain_letters

NOT_A_COUNTRY = _("Choose a country or region by its two letters, such as DE.")
# CLDR names these beside those of ISO 3166-1: parts of countries, unions, test and unknown regions. XK stays, which ISO
# leaves free to use and everybody uses for Kosovo.
_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())


@cache
def countries(language: str = ENGLISH) -> tuple[tuple[str, str], ...]:
    """All of them as (letters, name in this language), by name. `language` is a tag or code of `text.languages`."""
    known = find_language(language)
    territories = Locale.parse(known.tag if known else ENGLISH, sep="-").territories
    named = [(code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha()]
    return tuple(
        sorted((pair for pair in named if pair[0] not in _NOT_COUNTRIES), key=lambda pair: plain_letters(pair[1]))
    )


def country_choices(nothing: str, *, kept: str = "", language: str = ENGLISH) -> list[tuple[str, str]]:
    """What a list offers, as (value, text): `nothing` said for none, and what is `kept`, though it be no country.

    Any text could be typed before there was a list, and nobody is to change it unasked.
    """
    old = [(kept, kept)] if kept and not is_country(kept) else []
    return [("", nothing), *old, *countries(language)]


def is_country(letters: str) -> bool:
    """Whether these are the two letters of a country, as they are kept."""
    return letters in _names()


def country_letters(text: str) -> str:
    """The two letters of the country somebody means by its letters, or by its name in a language of our pages.

    Empty if there is no such country.
    """
    text = text.strip()
    return text.upper() if is_country(text.upper()) else _letters_by_name().get(plain_letters(text), "")


@cache
def _names() -> dict[str, str]:
    return dict(countries())


@cache
def _letters_by_name() -> dict[str, str]:
    return {
        plain_letters(name): letters for language in TRANSLATED_LANGUAGES for letters, name in countries(language.code)
    }
