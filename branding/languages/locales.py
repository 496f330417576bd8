"""For which languages a tenant can have a branding: those of the product by their tags, its own ones by their codes."""

from django.utils.translation import get_language

from branding.languages.every import every_language, find_any_language
from branding.languages.offered import offer
from common.text.language_names import name_by_cldr
from common.text.languages import ENGLISH, Language
from common.text.translation import gettext as _


def locales() -> dict[str, str]:
    """All of them, with the names that administrators read, and in the order of these."""
    return {_locale_of(language): language.name for language in every_language()}


def locale_named(name: str) -> str:
    """The locale of the language of this tag or code, however it is spelt; what was given, if there is none."""
    language = find_any_language(name)
    return _locale_of(language) if language else name


def name_of_locale(locale: str) -> str:
    """The name of a branding's language, or "Default" for the branding that all others fall back to.

    One of the tenant's own that was removed keeps its name. What a release no longer speaks is called as CLDR does,
    beside its tag, and so is one that was removed before its name was kept.
    """
    if not locale:
        return _("Default")
    language = find_any_language(locale)
    if known := language.name if language else offer().name_of_removed(locale):
        return known
    name = name_by_cldr(locale, get_language() or ENGLISH)
    return f"{name} ({locale})" if name else locale


def _locale_of(language: Language) -> str:
    """Words know those of the tenant's own by their codes alone."""
    return language.code if language.catalogue else language.tag
