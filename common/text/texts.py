"""Texts that people typed: whether others can read them, and how a sentence names a long one."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

LONGEST_NAMED = 80
NOT_SEEN = _("This contains invisible characters. Type it instead of pasting it.")
# Persian, Hindi and others are written with them, and emojis are joined by them: between other characters they hide.
JOINERS = frozenset("\u200c\u200d")
JOINED = frozenset({"Lo", "So"})
SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# Shown as nothing, though Unicode calls them letters, signs or marks.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Control characters, marks that turn the direction of the text around them or hide in it, lone surrogates, characters
# that mean something to one font alone, line ends.
HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
MIXED = _("This mixes letters of different alphabets. Write each word in one alphabet.")
STACKED = _("This has too many accents on one letter.")
# Alphabets whose letters pass for each other's, as the Cyrillic "а" for the Latin one (UTS #39 section 4).
LOOK_ALIKES = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
WORD = re.compile(r"[^\W\d_]+")
# More nonspacing marks in a row no language writes (UTS #39 section 5.4).
MOST_MARKS = 4
MARKS = frozenset({"Mn", "Me"})


def plain_letters(text: str) -> str:
    """As names are sorted and compared: without capitals and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def name_problem(name: str, *, longest: int) -> str:
    """Why others couldn't read this as a name, as a sentence; empty if they can."""
    if not name.strip() or len(name) > longest:
        return pgettext("portal", "Enter a name of 1 to %(longest)d characters.") % {"longest": longest}
    return unseen_problem(name)


def unseen_problem(text: str, *, has_lines: bool = False) -> str:
    """Whether a text holds what can't be seen, or nothing that can, as a sentence; empty if not, or without a text."""
    in_line = text.replace("\n", "").replace("\t", "") if has_lines else text
    return str(NOT_SEEN) if hides(in_line) or (text and not any(map(shows, text))) else ""


def hides(text: str) -> bool:
    """Whether a line holds something that can't be seen, which its script doesn't need."""
    if text.isascii() and text.isprintable():
        return False
    base = ""
    for character in text:
        category = unicodedata.category(character)
        if character in JOINERS:
            if not base or unicodedata.category(base) not in JOINED:
                return True
        elif character in BLANK or category in HIDDEN:
            return True
        elif category[0] != "M" and character not in SKIN_TONES:
            base = character
    return False


def name_of_person_problem(text: str) -> str:
    """Why a person's name might be taken for another's, or can't be read at all, as a sentence; empty if it can."""
    if any(len(_alphabets(word)) > 1 for word in WORD.findall(text)):
        return str(MIXED)
    return str(STACKED) if _has_stacked_marks(text) else ""


def _alphabets(word: str) -> set[str]:
    """Which of the alphabets that look alike a word is written in."""
    if word.isascii():
        return set()
    names = (unicodedata.name(letter, "").removeprefix("FULLWIDTH ") for letter in word)
    return {alphabet for name in names for alphabet in LOOK_ALIKES if name.startswith(alphabet)}


def _has_stacked_marks(text: str) -> bool:
    in_a_row = 0
    for character in unicodedata.normalize("NFD", text):
        in_a_row = in_a_row + 1 if unicodedata.category(character) in MARKS else 0
        if in_a_row > MOST_MARKS:
            return True
    return False


def shows(character: str) -> bool:
    """Whether anything is to be seen of a character by itself."""
    return unicodedata.category(character)[0] not in "CZM" and character not in BLANK


def shortened(text: str) -> str:
    """The text, or its beginning with an ellipsis: a sentence about a long one needn't repeat all of it."""
    return text if len(text) <= LONGEST_NAMED else f"{text[: LONGEST_NAMED - 1]}…"
