"""How what people read is marked, for code that is to know nothing of Django: policies above all.

Said as `from common.text.translation import gettext as _`. Where Django is known, its own module is imported.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import floor
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import (
    get_language,
    gettext,
    gettext_lazy,
    gettext_noop,
    ngettext,
    ngettext_lazy,
    pgettext,
    pgettext_lazy,
)

__all__ = [
    "NOTHING_TO_SAY",
    "KeptSentence",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "grouped",
    "in_tenths",
    "ngettext",
    "ngettext_lazy",
    "percent",
    "pgettext",
    "pgettext_lazy",
]


# How a written sentence begins, and none that is plain.
WRITTEN = '["'
STRAIGHT = re.compile(r"(?<=\w)'(?=\w)")


@dataclass(frozen=True)
class KeptSentence:
    """What is kept in English and read in the language of whoever looks: the words, and what stands in their places.

    The words are marked with `gettext_noop`. As a text it is what its reader reads. A value may be a sentence, too.
    """

    words: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = _read(self.words) if self.words else ""
        return said % self.values if self.values else said

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def in_english(self) -> str:
        """As logs, events and protocols have it."""
        told = {name: each.in_english if isinstance(each, KeptSentence) else each for name, each in self.values.items()}
        return self.words % told if told else self.words

    @property
    def kept(self) -> list[Any]:
        """As it is stored."""
        return [
            self.words,
            {name: each.kept if isinstance(each, KeptSentence) else each for name, each in self.values.items()},
        ]

    def written(self, most: int) -> str:
        """As it is stored where there is room for so many characters; in plain English if that is too little.

        "" for no sentence.
        """
        if not self:
            return ""
        text = json.dumps(self.kept, ensure_ascii=False)
        return text if len(text) <= most else self.in_english[:most]

    @classmethod
    def read(cls, text: str) -> "KeptSentence":
        """The one that was written, or that an older release has kept in plain English."""
        if text.startswith(WRITTEN):
            try:
                found = cls.of(json.loads(text))
                _ = found.in_english
            except (ValueError, TypeError, AttributeError, KeyError):
                return cls(text)
            return found
        return cls(text)

    @classmethod
    def of(cls, kept: Any) -> "KeptSentence":
        """The one that was stored."""
        if not isinstance(kept, list):
            return cls(kept)
        words, values = kept
        return cls(words, {name: cls.of(each) if isinstance(each, list) else each for name, each in values.items()})


NOTHING_TO_SAY = KeptSentence("")


def _read(words: str) -> str:
    """Words as their reader reads them. Those that 0.1.0 has kept may have another apostrophe than the catalogue."""
    said = gettext(words)
    return gettext(STRAIGHT.sub("’", words)) if said == words and STRAIGHT.search(words) else said


def percent(share: float) -> str:
    """A share as its reader writes it: 12% or 12 %."""
    return pgettext("share", "%(number)d%%") % {"number": round(100 * share)}


def grouped(number: int) -> str:
    """A number as its reader writes it: 1,000 or 1.000."""
    return f"{number:,}".replace(",", _separator(get_language()))


def in_tenths(number: float) -> str:
    """A number of no sign as its reader writes it, with one digit behind the point at most: 25.5 or 25,5."""
    tenths = f"{floor(10 * number + 0.5) / 10:.1f}".removesuffix(".0")
    return tenths.replace(".", _point(get_language()))


@cache
def _point(_language: str | None) -> str:
    return number_format(1.5)[1:-1]


@cache
def _separator(_language: str | None) -> str:
    """What stands between groups of three digits: a page asks a thousand times."""
    return number_format(1000, force_grouping=True)[1:-3]
