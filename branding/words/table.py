"""The sentences that a tenant may say otherwise, as `tools.translations` has found them in the source."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any

from branding.words.slots import places_in
from common.text.languages import LANGUAGES

_FILE = Path(__file__).with_name("sentences.json")
# Whoever counts more than this counts as with this: no language looks at more than the last two digits.
_FAR = 200


@dataclass(frozen=True)
class Sentence:
    """One sentence. `text` is its English, as people edit it, and names it everywhere; one that counts has a `plural`.

    `messages` are those of the catalogue that it stands for: in HTML they have mark-up around their places, in plain
    mails none. `pages` are keys of `pages.PAGES`.
    """

    text: str
    messages: tuple[tuple[str, ...], ...]
    pages: frozenset[str]

    @property
    def counts(self) -> bool:
        """Whether it has a form for each number."""
        return len(self.messages[0]) > 1

    @property
    def places(self) -> frozenset[str]:
        """The names of its places."""
        return frozenset(places_in(self.text)) | frozenset({"count"} if self.counts else ())


def _sentence(row: Mapping[str, Any]) -> Sentence:
    return Sentence(row["text"], tuple(map(tuple, row["messages"])), frozenset(row["pages"]))


@cache
def _table() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return read


@cache
def sentences() -> Mapping[str, Sentence]:
    """All of them, by their text."""
    return {row["text"]: _sentence(row) for row in _table()["sentences"]}


@cache
def form_of(language: str) -> Callable[[int], int]:
    """Which form of a counted sentence a language uses for a number."""
    rule: Callable[[int], int] = c2py(_table()["plurals"][language])
    return rule


@cache
def examples_of(language: str) -> tuple[tuple[int, ...], ...]:
    """For each form of a counted sentence, the first numbers that use it."""
    forms: dict[int, list[int]] = {}
    for number in range(_FAR):
        forms.setdefault(form_of(language)(number), []).append(number)
    return tuple(tuple(forms.get(form, ())[:4]) for form in range(max(forms) + 1))


def forms_of(sentence: Sentence, language: str) -> int:
    """In how many forms the sentence is said in this language."""
    return len(examples_of(language)) if sentence.counts else 1


CODES = frozenset(language.code for language in LANGUAGES)
