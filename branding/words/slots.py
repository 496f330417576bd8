"""A sentence as people edit it, and as the product fills it in: `{name}` for `<bdi>%(name)s</bdi>`.

A place is everything around one value: the elements that open right before it and close right after it come with it, so
whoever changes a sentence moves the place, and never touches mark-up. All else of a sentence is plain text.
"""

import re
from collections.abc import Callable

from django.utils.html import escape

# The elements of a place, the value's own name, and their ends.
_PLACE = re.compile(r"(?:<[a-z][^>]*>)*%\((\w+)\)[sd](?:</[a-z]+>)*")
# What the catalogues have in "E-Mail", and within words of languages without blanks, as no line ends there. Nobody can
# type either.
HYPHEN_OF_A_WORD = "\u2011"
WORD_JOINER = "\u2060"
# What the catalogues have between a number and what it counts.
NO_BREAK_BLANK = "\u00a0"
_BEHIND_NUMBER = re.compile(rf"(%\(\w+\)[sd]|\d){NO_BREAK_BLANK}(?=\w)")
PLACE_SHOWN = re.compile(r"\{(\w+)\}")


def shown(message: str) -> str:
    """A message of the catalogue as people edit it."""
    typed = _BEHIND_NUMBER.sub(r"\1 ", message.replace(HYPHEN_OF_A_WORD, "-").replace(WORD_JOINER, ""))
    said = _PLACE.sub(r"{\1}", typed)
    return said.replace("%%", "%") if said != typed else said


def places_in(text: str) -> list[str]:
    """The names of a shown text's places, as often as they stand in it."""
    return PLACE_SHOWN.findall(text)


def has_markup(message: str) -> bool:
    """Whether a message brings elements of its own: then it is HTML wherever it is said."""
    return "<" in message


def filled_in(text: str, message: str, *, as_html: bool) -> str:
    """The shown text as the message has to be for the catalogue's readers, with its places and their mark-up.

    What isn't a place is escaped for HTML. A percent sign is doubled where values are filled in.
    """
    places = {match[1]: match[0] for match in _PLACE.finditer(message)}
    said: Callable[[str], str] = escape if as_html else str
    pieces = PLACE_SHOWN.split(text)
    plain = [str(said(piece)).replace("%", "%%") if places else str(said(piece)) for piece in pieces[::2]]
    between = [places.get(name, "") for name in pieces[1::2]]
    return "".join(piece for pair in zip(plain, [*between, ""], strict=True) for piece in pair)
