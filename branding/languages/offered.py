"""The languages that customer pages offer, kept in the process until that is decided otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

from common.text.languages import ENGLISH, TRANSLATED_LANGUAGES, Language, find_language, served_by
from common.versions import version_of
from tenants.known import Part

_CHOSEN = "SELECT to_jsonb(chosen) FROM branding_languagesettings chosen"
TRANSLATED = tuple(language.code for language in TRANSLATED_LANGUAGES)
ANY = "*"


@dataclass(frozen=True)
class LanguageRules:
    """What a tenant has decided. `offered` are codes, none for all that there are, also those that come with a release;
    `default` is spoken to whoever asks for none of them.
    """

    offered: tuple[str, ...] = ()
    default: str = ENGLISH

    @property
    def version(self) -> str:
        """A name for just these rules, by which somebody who changes them tells what they have seen."""
        return version_of(self)


class Offer:
    """What can be chosen."""

    def __init__(self, rules: LanguageRules) -> None:
        # A release may no longer speak one of them.
        self.codes = tuple(code for code in TRANSLATED if not rules.offered or code in rules.offered) or TRANSLATED
        self.default = rules.default if rules.default in self.codes else self.codes[0]

    @property
    def languages(self) -> list[Language]:
        """By the names that their readers call them."""
        return sorted((_language(code) for code in self.codes), key=lambda language: language.own.casefold())

    def spoken(self) -> Language | None:
        """The language of the page that is being made; None where there is no other to choose."""
        return _language(get_language() or self.default) if len(self.codes) > 1 else None

    def first_of(self, tags: Iterable[str]) -> str:
        """The code of the first of these that can be spoken to, regions aside (`de` serves `de-AT`); "" for none."""
        return next((code for tag in tags if (code := served_by(tag, self.codes))), "")

    def for_browser(self, request: HttpRequest) -> str:
        """The code of what was chosen in this browser, else of what it asks for, else the default's."""
        asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        wanted = [chosen, *(tag for tag, weight in asked if weight)]
        return self.first_of(wanted[: wanted.index(ANY)] if ANY in wanted else wanted) or self.default


def _language(code: str) -> Language:
    language = find_language(code)
    assert language is not None  # noqa: S101 - tells the type checker
    return language


def rules_in(row: Mapping[str, Any] | None) -> LanguageRules:
    """The rules that a row keeps."""
    return LanguageRules(tuple(row["offered"]), row["default"]) if row else LanguageRules()


_offer = Part(_CHOSEN, lambda row: Offer(rules_in(row)))


def offer() -> Offer:
    """What the tenant being served offers."""
    return _offer.get()
