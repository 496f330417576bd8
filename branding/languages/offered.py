"""The languages that customer pages offer, kept in the process until that is decided otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from common.text.languages import (
    ENGLISH,
    TRANSLATED_LANGUAGES,
    Language,
    find_language,
    languages_by_name,
    served_by,
)
from common.text.spoken import Languages
from common.text.texts import plain_letters
from common.versions import version_of
from tenants.known import KnownPart, NeededBy

_CHOSEN = "SELECT to_jsonb(chosen) FROM branding_languagesettings chosen"
TRANSLATED = tuple(language.code for language in TRANSLATED_LANGUAGES)
ANY = "*"


@dataclass(frozen=True)
class OwnLanguage:
    """A language that the tenant has made itself, by filling in words. `tag` is its BCP 47 tag, `name` what its readers
    call it. What it has no words for, and how it counts and writes dates, is as in the one of code `falls_back_to`.
    """

    tag: str
    name: str
    is_right_to_left: bool = False
    falls_back_to: str = ENGLISH

    @property
    def code(self) -> str:
        """What it is called where others have Django's code."""
        return self.tag.lower()


@dataclass(frozen=True)
class LanguageRules:
    """What a tenant has decided. `offered` are codes, none for all that there are, also those that come with a release;
    `default` is spoken to whoever asks for none of them. `removed` are codes and names of those of its own that it had,
    the last one last.
    """

    offered: tuple[str, ...] = ()
    default: str = ENGLISH
    own: tuple[OwnLanguage, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> str:
        """A name for just these rules, by which somebody who changes them tells what they have seen."""
        return version_of(self)

    @property
    def codes(self) -> tuple[str, ...]:
        """All languages there are to offer."""
        return (*TRANSLATED, *(language.code for language in self.own))


class Offer:
    """What can be chosen."""

    def __init__(self, rules: LanguageRules) -> None:
        # A release may no longer speak one of them.
        self.codes = tuple(code for code in rules.codes if not rules.offered or code in rules.offered) or TRANSLATED
        self.default = rules.default if rules.default in self.codes else self.codes[0]
        self._own = {language.code: _made(language) for language in rules.own}
        self._sayable = (*TRANSLATED, *self._own)
        self._removed = dict(rules.removed)

    @property
    def languages(self) -> list[Language]:
        """By the names that their readers call them."""
        return _by_own_name(map(self.language, self.codes))

    @property
    def own(self) -> list[Language]:
        """Those of the tenant's own."""
        return list(self._own.values())

    @property
    def known(self) -> list[Language]:
        """All that words can be said in, offered or not, by the names that administrators read."""
        return languages_by_name([*TRANSLATED_LANGUAGES, *self._own.values()])

    @property
    def known_by_own_name(self) -> list[Language]:
        """The same, by the names that their readers call them."""
        return _by_own_name(self.known)

    def name_of_removed(self, code: str) -> str:
        """What a language of the tenant's own was called that it has no longer; "" if there was none."""
        return self._removed.get(code.lower(), "")

    def find(self, code: str) -> Language | None:
        """The language of this code that words can be said in."""
        language = self._own.get(code.lower()) or find_language(code)
        return language if language and language.is_translated else None

    def language(self, code: str) -> Language:
        """What speaks best to whoever reads this language; the default one where none does."""
        served = _first_of((code,), self._sayable)
        return self.find(served or self.default) or TRANSLATED_LANGUAGES[0]

    def catalogue_of(self, code: str) -> str:
        """The code of the catalogue from which `language` is read: its own, or that of what it falls back to."""
        language = self.language(code)
        return language.catalogue or language.code

    def falls_back_to(self, tag: str) -> str:
        """The code of what the language of the tenant's own that serves this tag falls back to; "" for all others."""
        language = self._own.get(_first_of((tag,), self._sayable))
        return language.catalogue if language else ""

    def spoken_as(self, code: str) -> Languages:
        """What `common.text.spoken` speaks for `language`."""
        language = self.language(code)
        return (language.catalogue, language.code) if language.catalogue else (language.code, "")

    def first_of(self, tags: Iterable[str]) -> str:
        """The code of the first of these that can be spoken to, regions aside (`de` serves `de-AT`); "" for none."""
        return _first_of(tuple(tags), self.codes)

    def spoken_to(self, kept: str) -> str:
        """The code of what somebody is written to in who has chosen this language once, or none ("")."""
        return self.first_of([kept]) or self.default

    def for_browser(self, request: HttpRequest) -> str:
        """The code of what was chosen in this browser, else of what it asks for, else the default's."""
        asked = parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        wanted = [chosen, *(tag for tag, weight in asked if weight)]
        return self.first_of(wanted[: wanted.index(ANY)] if ANY in wanted else wanted) or self.default


@lru_cache(maxsize=1000)
def _first_of(tags: tuple[str, ...], codes: tuple[str, ...]) -> str:
    return next((code for tag in tags if (code := served_by(tag, codes))), "")


def _by_own_name(languages: Iterable[Language]) -> list[Language]:
    return sorted(languages, key=lambda language: plain_letters(language.own))


def _made(own: OwnLanguage) -> Language:
    return Language(
        tag=own.tag,
        english=own.name,
        own=own.name,
        code=own.code,
        is_right_to_left=own.is_right_to_left,
        is_translated=True,
        catalogue=own.falls_back_to,
    )


def rules_in(row: Mapping[str, Any] | None) -> LanguageRules:
    """The rules that a row keeps."""
    if not row:
        return LanguageRules()
    own = (OwnLanguage(**each) for each in row["own"])
    # A release may speak by now what a tenant had to make itself.
    still = tuple(language for language in own if language.code not in TRANSLATED)
    return LanguageRules(
        tuple(row["offered"]), row["default"], still, tuple((code, name) for code, name in row["removed"])
    )


_offer = KnownPart(_CHOSEN, lambda row: Offer(rules_in(row)), needed_by=NeededBy.PAGES)


def offer() -> Offer:
    """What the tenant being served offers."""
    return _offer.get()


def catalogue_of(code: str) -> str:
    """The code of the catalogue from which a language of the tenant being served is read."""
    return code if code in TRANSLATED else offer().catalogue_of(code)


def falls_back_to(tag: str) -> str:
    """The code of what the language of this tag falls back to, if it is one of those of the tenant being served."""
    return "" if tag in TRANSLATED else offer().falls_back_to(tag)
