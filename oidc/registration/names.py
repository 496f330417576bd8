"""What an application may call itself that nobody has looked at: customers decide by that name whom they trust."""

import re
import unicodedata

from applications.policies.items import MAX_NAME_LENGTH
from common.text.texts import BLANK

# The scripts whose letters look alike.
LOOK_ALIKE = frozenset({"LATIN", "GREEK", "CYRILLIC"})
MOST_MARKS = 3
# Customers would take the address for the tenant's advice.
ADDRESS = re.compile(r"://|\bwww\.|\.\w+/", re.IGNORECASE)


def name_problem(name: str) -> str:
    """What is wrong with the name a registration gives, "" if nothing. It may be left out, as RFC 7591 allows."""
    if len(name) > MAX_NAME_LENGTH:
        # First of all: to look at its marks takes time that grows with the square of their number.
        return f"has more than {MAX_NAME_LENGTH} characters."
    if not name.isprintable():
        return "holds control characters."
    if BLANK & set(name):
        return "holds characters that can't be seen."
    if name.strip() and not any(character.isalnum() for character in name):
        return "holds neither a letter nor a digit."
    if any(len(_scripts(word)) > 1 for word in re.findall(r"\w+", name)):
        return "mixes letters of scripts that look alike within a word."
    if ADDRESS.search(name):
        return "holds an address. That of the home page goes in client_uri."
    if _marks_in_a_row(name) > MOST_MARKS:
        return "stacks too many marks on a letter."
    return ""


def _scripts(word: str) -> set[str]:
    """Which of the scripts that look alike a word's letters are of."""
    return {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()} & LOOK_ALIKE


def _marks_in_a_row(name: str) -> int:
    most = row = 0
    for character in unicodedata.normalize("NFC", name):
        row = row + 1 if unicodedata.combining(character) else 0
        most = max(most, row)
    return most
