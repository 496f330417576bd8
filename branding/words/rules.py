"""What may be said in a sentence's place: plain text with the same places, no longer than fits. Pure functions.

Whoever changes words brings no mark-up, no link and nothing unseen into a page. All of it is escaped where it is shown,
too; what is refused here is what a customer would read as it stands.
"""

import re
from collections.abc import Sequence

from branding.words.slots import PLACE_SHOWN, places_in
from common.text.texts import unseen_problem
from common.text.translation import gettext as _

ROOM_FOR_SHORT, TIMES_AS_LONG = 80, 3
# By which the product's text may keep a number the way it is written, in a language that runs the other way.
_MARKS = frozenset("\u200e\u200f")
MOST_OF_A_PLACE = 2
_MARKUP = re.compile(r"</?[a-zA-Z!]|&[a-zA-Z#]\w*;")
# What mail programs make a link of, though nobody has written one. A last dot may be the sentence's own.
_ADDRESS = re.compile(
    r"\w+://\S*|\bwww\.\S+|[\w.+-]+@[\w.-]*\w|\b\d+(?:\.\d+){3}\b|\b[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}\b",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")


def tidied(text: str) -> str:
    """A text as it is kept: one line, without what is blank around it. Blanks that don't break stay."""
    return _BLANKS.sub(" ", text).strip(" ")


def length_for(instead_of: str) -> int:
    """How many characters may stand in place of this text."""
    return max(ROOM_FOR_SHORT, TIMES_AS_LONG * len(instead_of))


def text_problem(text: str, *, instead_of: str, counted: bool = False) -> str:
    """Why a tidied text can't stand in place of the product's, as a sentence; empty if it can.

    One that counts may leave its number out ("one minute"), and nothing else.
    """
    return (
        _length_problem(text, length_for(instead_of))
        or unseen_problem("".join(letter for letter in text if letter not in _MARKS or letter not in instead_of))
        or _markup_problem(text)
        or _places_problem(text, instead_of, counted=counted)
        or _address_problem(text, instead_of)
    )


def _length_problem(text: str, limit: int) -> str:
    if len(text) <= limit:
        return ""
    told = _("This text has %(number)d characters; at most %(most)d are allowed.")
    return told % {"number": len(text), "most": limit}


def _markup_problem(text: str) -> str:
    found = _MARKUP.search(text)
    return _("Write plain text: “%(what)s” would be shown as is.") % {"what": found[0]} if found else ""


def _places_problem(text: str, instead_of: str, *, counted: bool) -> str:
    wanted, has = set(places_in(instead_of)), places_in(text)
    missing = sorted(wanted - set(has) - ({"count"} if counted else set()))
    if missing:
        return _("Keep %(places)s: something is filled in there.") % {"places": _named(missing)}
    unknown = sorted(set(has) - wanted - ({"count"} if counted else set()))
    if unknown:
        return _("Nothing is filled in at %(places)s here. Remove it.") % {"places": _named(unknown)}
    if any(has.count(name) > MOST_OF_A_PLACE for name in wanted):
        return _("Use each place in braces once, or twice at most.")
    if set("{}") & set(PLACE_SHOWN.sub("", text)):
        return _("Use braces only for placeholders, such as %(place)s.") % {
            "place": _named(sorted(wanted)[:1] or ["name"])
        }
    return ""


def _address_problem(text: str, instead_of: str) -> str:
    """Web and mail addresses that the product's text doesn't have itself, also those that a place is a part of."""
    known = _addresses_in(instead_of)
    brought = [each for each in _addresses_in(text) if each not in known]
    if not brought:
        return ""
    return _("“%(what)s” would become a link in an email. Links belong to the branding.") % {"what": brought[0]}


def _addresses_in(text: str) -> list[str]:
    return _ADDRESS.findall(PLACE_SHOWN.sub(r"\1", text))


def _named(places: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in places)
