"""By which keys a customer is found, as pure functions.

A key is a hash of 32 bits: of three characters in a row of what can be searched, of the beginning of a word, or of a
fact such as the country. A row that has all keys of a question is looked at once more, so that no two that share a
hash are ever taken for each other. Our own hash, since PostgreSQL promises none that stays the same.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any
from zlib import crc32

PART = 3
# What no text has in it keeps the kinds of keys apart.
BEGINNING, FACT = "\x01", "\x02"
# Facts that are no attributes: none has a name like these.
LANGUAGE, VERIFIED, FACTOR, PASSKEY, PHONE = ":language", ":verified", ":factor", ":passkey", ":phone"
WORD = re.compile(r"\w+")
MOST_LOOKED_UP = 6


def folded(text: str) -> str:
    """Small letters without their marks: "Jörg Åkesson" is found as "jorg akesson"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def haystack_of(*texts: str) -> str:
    """What is searched in, a line for each text that there is, and for those that are alike one."""
    return "\n".join(dict.fromkeys(folded(text) for text in texts if text))


def keys_of(haystack: str, facts: Collection[str]) -> list[int]:
    """All keys of an account, each once and in order."""
    words = WORD.findall(haystack)
    beginnings = {word[:length] for word in words for length in range(1, PART) if len(word) >= length}
    named = (_parts(haystack), (BEGINNING + each for each in beginnings), facts)
    return _hashed(each for kind in named for each in kind)


def terms_of(typed: str) -> list[str]:
    """The words of a search as they are looked for: each has to be found, wherever."""
    return list(dict.fromkeys(folded(typed).split()))


def telling_terms(typed: str) -> list[str]:
    """Those of them that are looked up by their keys: of many the longest, which few others have."""
    return sorted(terms_of(typed), key=len, reverse=True)[:MOST_LOOKED_UP]


def keys_of_term(term: str) -> list[int]:
    """What a row has that contains the term; a shorter one than three characters has to begin a word.

    Nothing for a short one that begins no word, such as an @. Parts side by side find hardly more rows than all parts,
    with a third of the keys to look up, and each is looked at again.
    """
    if len(term) >= PART:
        return _hashed({*_parts(term, apart=PART), term[-PART:]})
    return _hashed([BEGINNING + term]) if WORD.fullmatch(term) else []


def key_of_fact(fact: str) -> int:
    """The key of everybody of whom this is a fact."""
    return _hashed([fact])[0]


def fact_of(name: str, value: Any) -> str:
    """A fact as it is kept and looked for, in whichever capitals somebody wrote it; it ends where the next begins."""
    return f"{FACT}{name}={str(value).strip().lower()}{FACT}"


def _parts(text: str, *, apart: int = 1) -> Iterable[str]:
    return {text[place : place + PART] for place in range(0, len(text) - PART + 1, apart)}


def _hashed(texts: Iterable[str]) -> list[int]:
    """As PostgreSQL's `integer`, which has a sign."""
    return sorted({crc32(text.encode()) - 2**31 for text in texts})
