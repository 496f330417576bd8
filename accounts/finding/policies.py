"""By which keys a customer is found, as pure functions.

A key is a hash of 32 bits: of three characters in a row of what can be searched, of the beginning of a word, or of a
fact such as the country. A row that has all keys of a question is looked at once more, so that no two that share a
hash are ever taken for each other. Our own hash, since PostgreSQL promises none that stays the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

PART = 3
# What no text has in it keeps the kinds of keys apart.
BEGINNING, FACT = "\x01", "\x02"
# Facts that are no attributes: none has a name like these.
LANGUAGE, VERIFIED = ":language", ":verified"
WORD = re.compile(r"\w+")
MOST_TERMS = 6


def folded(text: str) -> str:
    """Small letters without their marks: "Jörg Åkesson" is found as "jorg akesson"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def haystack_of(*texts: str) -> str:
    """What is searched in, a line for each text that there is."""
    return "\n".join(folded(text) for text in texts if text)


def keys_of(haystack: str, facts: Mapping[str, Any]) -> list[int]:
    """All keys of an account, each once and in order."""
    words = WORD.findall(haystack)
    beginnings = {word[:length] for word in words for length in range(1, PART) if len(word) >= length}
    named = (_parts(haystack), (BEGINNING + each for each in beginnings), (_fact(*fact) for fact in facts.items()))
    return _hashed(each for kind in named for each in kind)


def terms_of(typed: str) -> list[str]:
    """The words of a search as they are looked for: each has to be found, wherever."""
    return list(dict.fromkeys(folded(typed).split()))[:MOST_TERMS]


def keys_of_term(term: str) -> list[int]:
    """What a row has that contains the term; a shorter one than three characters has to begin a word.

    Nothing for a short one that begins no word, such as an @.
    """
    if len(term) >= PART:
        return _hashed(_parts(term))
    return _hashed([BEGINNING + term]) if WORD.fullmatch(term) else []


def key_of_fact(name: str, value: Any) -> int:
    """The key of everybody who has this value, in whichever capitals."""
    return _hashed([_fact(name, value)])[0]


def value_of_fact(value: Any) -> str:
    """A value as it is compared: as PostgreSQL writes what it takes out of JSON, in small letters."""
    return (str(value).lower() if isinstance(value, bool) else str(value)).strip().lower()


def _fact(name: str, value: Any) -> str:
    return f"{FACT}{name}={value_of_fact(value)}"


def _parts(text: str) -> Iterable[str]:
    return {text[place : place + PART] for place in range(len(text) - PART + 1)}


def _hashed(texts: Iterable[str]) -> list[int]:
    """As PostgreSQL's `integer`, which has a sign."""
    return sorted({crc32(text.encode()) - 2**31 for text in texts})
