"""By which words a language says the terms of the field, and how it speaks to its readers.

Both stand in `terms.toml` beside its catalogue:

    register = "Sie; an app is an App"
    whole = ["พาส|คีย์"]

    [terms]
    account = ["konto"]
    "sign in" = ["anmeld", "melden sie sich"]

    [exceptions]
    sentences = ["Keep my account"]

A translation of a sentence in which a term stands as a word has one of its forms in it, or the beginning of one,
whichever way it is capitalised; `exceptions` name the sentences, by their English, that say it otherwise. `whole` are
words of a language without blanks within which browsers would end a line, with a bar where they would.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# What every language of customer pages has a word for.
TERMS = ("account", "sign in", "sign up", "code", "password", "browser", "app", "passkey", "link", "email", "device")
TERMS_FILE = "terms.toml"
# Where the same word is something else.
_OTHER_THINGS = re.compile(r"\b(?:postal|country) codes?\b|\bwe email\b", re.IGNORECASE)
_NOT_READ = re.compile(r"%\(\w+\)[sd]|<[^>]+>")


@dataclass(frozen=True)
class Terms:
    """What a file says: the register, by term its forms, the sentences that do without, and words no line ends in."""

    register: str = ""
    forms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exceptions: frozenset[str] = frozenset()
    whole: Sequence[str] = ()


def read_terms(folder: Path) -> Terms:
    """What is said in this folder of a language; nothing where there is no file."""
    path = folder / TERMS_FILE
    if not path.exists():
        return Terms()
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    exceptions = told.get("exceptions", {}).get("sentences", ())
    return Terms(told.get("register", ""), told.get("terms", {}), frozenset(exceptions), told.get("whole", ()))


def gaps_in(terms: Terms, wanted: Sequence[str], english: frozenset[str]) -> Iterator[str]:
    """What a file leaves out of the wanted terms, and the exceptions that are none of these sentences."""
    if not terms.register:
        yield "terms.toml doesn't say the register"
    yield from (f"terms.toml has no word for: {term}" for term in wanted if not terms.forms.get(term))
    yield from (f"terms.toml excepts what nobody says: {sentence}" for sentence in sorted(terms.exceptions - english))


def missing_terms(terms: Terms, english: Sequence[str], translations: Sequence[str]) -> list[str]:
    """The terms of a sentence that its translations don't say; each may have several forms, by number."""
    if english[0] in terms.exceptions:
        return []
    return [
        term
        for term, forms in terms.forms.items()
        if any(_has_term(text, term) for text in english)
        and not all(_says(translation, forms) for translation in translations)
    ]


@cache
def _has_term(text: str, term: str) -> bool:
    said = _OTHER_THINGS.sub(" ", _NOT_READ.sub(" ", text))
    return re.search(rf"(?<![\w-]){term}s?(?![\w-])", said, re.IGNORECASE) is not None


def _says(translation: str, forms: Sequence[str]) -> bool:
    said = _plain(_NOT_READ.sub(" ", translation))
    return any(_plain(form) in said for form in forms)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
