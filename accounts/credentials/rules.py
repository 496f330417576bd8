"""What a new password has to be like, as the tenant has chosen: one value, as every setting is.

What is asked for by default is length and that nobody's list has it; no kinds of characters and no change after a time
(NIST SP 800-63B-4 section 3.1.1.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.credentials.guessable import SHORTEST_WORD
from accounts.models import PasswordSettings
from common.problems import Code, Problem
from common.text.translation import gettext as _
from common.versions import version_of
from tenants.known import KnownPart, NeededBy

# Of the least length that may be asked for; a password has up to twice as many (`credentials.policies`).
LEAST_LENGTH, MOST_MIN_LENGTH = 8, 256
MOST_KINDS, MOST_HISTORY = 4, 10
MOST_WORDS, LONGEST_WORD = 500, 64


@dataclass(frozen=True)
class PasswordRules:
    """`min_length` in code points; what is refused: those that are guessed first, repeats and rows of keys, and those
    built around the tenant's name, the customer's, or parts of their address.

    `blocked_words` are words of the tenant's that none may be built around, `character_kinds` how many of small
    letters, capitals, digits and others it needs, `history` how many of the last passwords it may not be, and with
    `checks_breaches` it is looked up whether it is known from a breach.
    """

    min_length: int = LEAST_LENGTH
    refuses_common: bool = True
    refuses_patterns: bool = True
    refuses_names: bool = True
    blocked_words: tuple[str, ...] = ()
    character_kinds: int = 0
    history: int = 1
    checks_breaches: bool = False

    @property
    def version(self) -> str:
        """A name for just these rules, by which somebody who changes them tells what they have seen."""
        return version_of(self)


NAMES = tuple(PasswordRules.__dataclass_fields__)
_RULES = "SELECT to_jsonb(kept) - 'id' FROM accounts_passwordsettings kept"


def password_rules() -> PasswordRules:
    """The rules of the tenant being served, kept in the process until something in the tenant changes."""
    return _rules.get()


def describe() -> PasswordRules:
    """The rules of the tenant being served, as they are now."""
    return _rules_of(PasswordSettings.objects.values(*NAMES).first())


def _rules_of(kept: Mapping[str, Any] | None) -> PasswordRules:
    if kept is None:
        return PasswordRules()
    return PasswordRules(**{**kept, "blocked_words": tuple(kept["blocked_words"])})


_rules = KnownPart(_RULES, _rules_of, needed_by=NeededBy.PAGES)


def tidied_words(words: str) -> tuple[str, ...]:
    """The words of a text, one a line or between commas, each once, in small letters."""
    found = (word.strip().casefold() for line in words.splitlines() for word in line.split(","))
    return tuple(dict.fromkeys(word for word in found if word))


def problems_of(rules: PasswordRules) -> list[Problem]:
    """All that is wrong with them."""
    ranges = (
        ("min_length", rules.min_length, LEAST_LENGTH, MOST_MIN_LENGTH),
        ("character_kinds", rules.character_kinds, 0, MOST_KINDS),
        ("history", rules.history, 0, MOST_HISTORY),
    )
    found = [
        Problem(Code.OUT_OF_RANGE, name, _("Choose %(low)d to %(high)d.") % {"low": low, "high": high})
        for name, value, low, high in ranges
        if not low <= value <= high
    ]
    if len(rules.blocked_words) > MOST_WORDS:
        sentence = _("Write at most %(most)d words.") % {"most": MOST_WORDS}
        found.append(Problem(Code.TOO_MANY, "blocked_words", sentence))
    wrong = [word for word in rules.blocked_words if not _is_word(word)]
    if wrong:
        sentence = _("A word has %(low)d to %(high)d characters: “%(word)s” doesn’t.")
        values = {"low": SHORTEST_WORD, "high": LONGEST_WORD, "word": wrong[0][:LONGEST_WORD]}
        found.append(Problem(Code.INVALID, "blocked_words", sentence % values))
    return found


def _is_word(word: str) -> bool:
    return SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isprintable()
