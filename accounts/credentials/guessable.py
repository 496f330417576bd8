"""What makes a password easy to guess, as pure functions: a common one, a row of keys, somebody's name in disguise.

Whoever guesses begins with those. A password is compared as a whole and without what stands around its letters, in
small letters, and with digits and signs read as the letters that they are written for.
"""

import re
from collections.abc import Collection, Iterable
from itertools import pairwise

# 1, l and i are one, as are their like.
READ_AS = str.maketrans("01234578@$!|+l", "oizeastbasiiti")
SHORTEST_WORD = 4
# As they lie on keyboards: QWERTY, QWERTZ and AZERTY.
ROWS = "qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn 1234567890".split()
NEXT_TO = {pair for row in ROWS for one, other in pairwise(row) for pair in (one + other, other + one)}
# Fewer characters than these that don't follow from the one before are a pattern.
FEWEST_FREE = 4
# From how many free characters on a password is fair, good, strong.
FAIR, GOOD, STRONG = 8, 12, 16
KINDS = (str.islower, str.isupper, str.isdigit)


def folded(text: str) -> str:
    """As it is compared: "P4ssw0rt" is "passwort"."""
    return text.casefold().translate(READ_AS)


def core_of(password: str) -> str:
    """What is left of it without digits and signs around: "sunshine" of "Sunshine2024!"."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.casefold())


def is_common(password: str, common: Collection[str]) -> bool:
    """Whether it is one of these folded ones, or little more than one of them."""
    core = core_of(password)
    return folded(password) in common or (_makes_up(core, password) and folded(core) in common)


def is_pattern(password: str) -> bool:
    """Whether it is made of repeats, of rows of characters or keys, and of hardly anything else."""
    return free_characters(password) < FEWEST_FREE


def free_characters(password: str) -> int:
    """How many of its characters don't follow from the one before; what is repeated counts once."""
    unit = _repeated(password.casefold())
    following = sum(_follows(one, other) for one, other in pairwise(unit))
    return len(unit) - following


def word_in(password: str, words: Iterable[str]) -> str:
    """The word that the password is built around, since it makes up half of it, repeated perhaps; "" if none does."""
    plain = folded(password)
    for word in words:
        times = plain.count(folded(word)) if len(word) >= SHORTEST_WORD else 0
        if times and _makes_up(times * word, password):
            return word
    return ""


def kinds_in(password: str) -> int:
    """How many kinds of characters it has: lowercase letters, uppercase letters, digits, symbols."""
    kinds = [any(map(is_kind, password)) for is_kind in KINDS]
    return sum(kinds) + any(not any(is_kind(each) for is_kind in KINDS) for each in password)


def strength_of(password: str) -> int:
    """From 1, weak, to 4, strong, as far as nobody's list has it. The page's script counts the same."""
    free = free_characters(password) + max(0, kinds_in(password) - 1)
    return 1 + sum(free >= enough for enough in (FAIR, GOOD, STRONG))


def _makes_up(part: str, whole: str) -> bool:
    return 2 * len(part) >= len(whole)


def _follows(one: str, other: str) -> bool:
    return abs(ord(other) - ord(one)) <= 1 or one + other in NEXT_TO


def _repeated(text: str) -> str:
    """The shortest beginning of which the whole is a repetition, the last time cut off perhaps."""
    for length in range(1, len(text) // 2 + 1):
        if (text[:length] * (len(text) // length + 1))[: len(text)] == text:
            return text[:length]
    return text
