"""What each language is called in the languages of customer pages, and how it is found by its reader's word for it.

The names are those of CLDR, read from a table that `python -m tools.language_names` makes: catalogues have none for
languages of one region, and Django's lack some of the others. It is read when somebody looks for a language.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale

from common.text.languages import ENGLISH, Language, find_language

TABLE = Path(__file__).with_suffix(".json")
# What people also call them, whatever they read.
_ALSO = {
    "en": "American English, US, USA",
    "en-gb": "UK",
    "hi": "हिंदी",
    "kk": "Қазақша",
    "zh-hans": "Mandarin, 普通话",
    "zh-hant": "Mandarin, 正體中文, 台湾, 國語",
}
# As static/customer/languages.js has them. A tag has no five letters behind its hyphen.
_BETWEEN_WORDS = re.compile(r"(?:[\s(),/–—]|-(?=\s|$|\S{5}))+")
_PLAIN = str.maketrans(
    {"đ": "d", "ł": "l", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ß": "ss", "ς": "σ"}
)


def all_names_of(language: Language, reader: str) -> str:
    """Every name by which somebody who reads the language of this code may look for a language, and its tag."""
    names = (
        language.own,
        language.english,
        names_in(reader).get(language.code),
        language.tag,
        _ALSO.get(language.code),
    )
    return ", ".join(filter(None, names))


def name_by_cldr(tag: str, reader: str) -> str:
    """The name of a language, without its region, that need be none of the product; empty where CLDR has none."""
    known = find_language(reader)
    names = Locale.parse(known.tag if known else ENGLISH, sep="-").languages
    return names.get(tag.partition("-")[0].lower()) or ""


def is_looked_for(names: str, typed: str) -> bool:
    """Whether each word that is typed is in these names, letters as people type them on any keyboard."""
    plain = _plain(names)
    return all(word in plain for word in _BETWEEN_WORDS.split(_plain(typed)))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(each for each in letters if unicodedata.category(each)[0] != "M").lower().translate(_PLAIN)


def names_in(language: str) -> Mapping[str, str]:
    """The names of all languages of customer pages, by their codes, in that of this code; none if it has no table."""
    return _table().get(language, {})


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(TABLE.read_text())
    return table
