"""Every language that somebody or something of a tenant can have: those of the product, spoken or not, and its own."""

from django.http import Http404

from branding.languages.offered import offer
from common.text.languages import LANGUAGES, Language, find_language, languages_by_name


def every_language() -> list[Language]:
    """All of them, by the names that administrators read."""
    return languages_by_name([*LANGUAGES, *offer().own])


def find_any_language(name: str) -> Language | None:
    """The language of this tag or code, however it is spelt; None if there is no such language."""
    return find_language(name) or offer().find(name)


def name_of_any_language(name: str) -> str:
    """What administrators read for a tag or code: its name in their language, or what the tenant called one of its own
    that was removed; what was given if there is none.
    """
    language = find_any_language(name) if name else None
    return language.name if language else offer().name_of_removed(name) or name


def translated_language_or_404(code: str) -> Language:
    """The language of this code that words can be said in. Raises `Http404`."""
    language = offer().find(code)
    if language is None or language.code != code:
        raise Http404
    return language
