"""Editing words by language: one page for each language, with the same parts for whatever has words.

The templates are `portal/components/languages.html`, which leads from language to language, and
`portal/components/words.html`, the texts of one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import Promise

from common.text.languages import Language, languages_by_name


class OptionText(NamedTuple):
    """One option to choose from: its value, the text everybody else reads, and the text of this language."""

    value: str
    default: str
    text: str


@dataclass(frozen=True)
class TextRow:
    """One text to be said in a language. `name` is its input's; `default` is what is read without it.

    `is_default_own` says whether that default is the tenant's, rather than one the product brings. A text that asks for
    a choice has the texts of its `options` below it, sent with their values under `key`.
    """

    name: str
    label: str | Promise
    default: str
    text: str
    problem: str = ""
    is_default_own: bool = True
    key: str = ""
    options: Sequence[OptionText] = ()
    options_problem: str = ""

    @property
    def said(self) -> int:
        """How many of the texts it needs are said; one with a default of the product's needs none."""
        return sum(map(bool, self._needed))

    @property
    def needed(self) -> int:
        """How many texts it needs."""
        return len(self._needed)

    @property
    def _needed(self) -> list[str]:
        own = [self.text] if self.is_default_own and self.default else []
        return [*own, *(option.text for option in self.options)]


@dataclass(frozen=True)
class LanguageChoice:
    """A language in the list of languages: where its words are, and how many of those it needs are said."""

    code: str
    name: str
    url: str
    said: int
    needed: int


def language_choices(
    rows_in: Callable[[str], Iterable[TextRow]],
    url_of: Callable[[str], str],
    languages: Sequence[Language],
) -> list[LanguageChoice]:
    """The languages by their names in the reader's language, each with how far it is said."""
    choices = []
    for language in languages_by_name(languages):
        rows = list(rows_in(language.code))
        said, needed = sum(row.said for row in rows), sum(row.needed for row in rows)
        choices.append(LanguageChoice(language.code, language.name, url_of(language.code), said, needed))
    return choices


def words_page(
    language: Language, rows: Sequence[TextRow], *, seen: str, problems: Sequence[str] = ()
) -> dict[str, Any]:
    """Template variables of the texts of one language; `problems` are those of no text."""
    return {
        "rows": rows,
        "general_problems": problems,
        "has_problems": bool(problems) or any(row.problem or row.options_problem for row in rows),
        "seen": seen,
        "language": language.code,
        "language_name": language.name,
        "direction": language.direction,
    }
