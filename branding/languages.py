"""The browser languages a branding may be made for, and which of them suits a customer.

A language alone (`de`) serves all its regions; regions stand apart only where people write differently.
"""

from collections.abc import Collection

_NAMES = """
ar Arabic|eu Basque|bg Bulgarian|ca Catalan|zh-CN Chinese (China)|zh-HK Chinese (Hong Kong)|zh-TW Chinese (Taiwan)
hr Croatian|cs Czech|da Danish|nl Dutch|en English|en-GB English (United Kingdom)|et Estonian|fi Finnish|fr French
fr-CA French (Canada)|gl Galician|de German|el Greek|he Hebrew|hi Hindi|hu Hungarian|is Icelandic|id Indonesian|ga Irish
it Italian|ja Japanese|kk Kazakh|ko Korean|lv Latvian|lt Lithuanian|nb Norwegian Bokmål|pl Polish
pt-BR Portuguese (Brazil)|pt-PT Portuguese (Portugal)|ro Romanian|ru Russian|sr-Latn Serbian (Latin)
sk Slovak|sl Slovenian
es Spanish|es-MX Spanish (Mexico)|sv Swedish|th Thai|tr Turkish|uk Ukrainian|vi Vietnamese
"""
LANGUAGES = {
    locale: name for locale, _, name in (line.partition(" ") for line in _NAMES.strip().replace("\n", "|").split("|"))
}
RIGHT_TO_LEFT = {"ar", "he"}


def name_of(locale: str) -> str:
    """The English name of a language, or "Default" for the branding that all others fall back to."""
    return LANGUAGES.get(locale, locale) if locale else "Default"


def lookup_chain(language: str, available: Collection[str]) -> list[str]:
    """Which of the available locales serve this language, best first: de-AT before de (RFC 4647, section 3.4)."""
    canonical = {locale.lower(): locale for locale in available}
    parts = language.replace("_", "-").lower().split("-")
    shorter = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return [canonical[tag] for tag in shorter if tag in canonical]
