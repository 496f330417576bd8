"""User names: how one is kept and compared, and which are too easily taken for another's. No Django but its gettext.

Small letters alone are kept, so that two which differ in capitals are one. A name is written in one alphabet and is no
address, so whatever somebody types tells by an @ which of the two it is.
"""

import unicodedata

from django.utils.translation import gettext_lazy as _

from common.text.texts import name_of_person_problem

SHORTEST_USER_NAME, LONGEST_USER_NAME = 3, 64
BETWEEN = frozenset("._-")
DIGITS = frozenset("0123456789")
WRONG_CHARACTERS = _(
    "Use letters, digits, dots, hyphens and underscores, beginning and ending with a letter or a digit."
)
WRONG_LENGTH = _("Use 3 to 64 characters.")
NO_LETTER = _("Use at least one letter.")
LOOKS_LATIN = _("This looks like a name in other letters. Choose another one.")
NOT_FREE = _("This user name isn't available. Choose another one.")
# By which people know whoever runs a service, and mailboxes of those who do (RFC 2142).
RESERVED = frozenset(
    "abuse account admin administrator anonymous billing customerservice everyone help helpdesk hostmaster info me"
    " moderator noreply nobody null official operator owner postmaster privacy root security service staff support sys"
    " sysadmin system team undefined webmaster".split()
)
# Small letters of other alphabets that are drawn as Latin ones (UTS #39 section 4). A word of these alone is none.
DRAWN_AS_LATIN = frozenset("аеорсухѕіјһԁԛԝӏονιυρօսոհց")
# Latin letters that hardly anybody writes with, drawn as those of ASCII are.
DRAWN_AS_ASCII = frozenset("ȷɑɡɩɪɴʀʏʟʋ")
# As what digits are read; a 1 as either of two.
READ_AS_LETTERS = [str.maketrans("013457", letters) for letters in ("oleast", "oieast")]


def canonical_user_name(typed: str) -> str:
    """The name as it is kept and compared: NFKC, case folded, an i with and without its dot being one letter. What is
    no user name stays none.
    """
    folded = unicodedata.normalize("NFKC", typed.strip()).casefold()
    return unicodedata.normalize("NFKC", folded.replace("i\u0307", "i").replace("\u0131", "i"))


def user_name_problem(name: str) -> str:
    """Why nobody can be called by this name, which is written as one is kept, as a sentence; empty if somebody can."""
    letters = "".join(character for character in name if character not in BETWEEN | DIGITS)
    if not SHORTEST_USER_NAME <= len(name) <= LONGEST_USER_NAME:
        return str(WRONG_LENGTH)
    if name[0] in BETWEEN or name[-1] in BETWEEN or not all(map(_is_written, letters)):
        return str(WRONG_CHARACTERS)
    if problem := name_of_person_problem(letters):
        return problem
    if letters and set(letters) <= DRAWN_AS_LATIN:
        return str(LOOKS_LATIN)
    return str(NOT_FREE) if is_reserved(name) else ""


def has_letter(name: str) -> bool:
    """Whether the name is more than a number, written in whichever groups."""
    return not set(name) <= BETWEEN | DIGITS


def is_reserved(name: str) -> bool:
    """Whether the name passes for somebody's who runs the service, also with digits for letters or signs in between."""
    letters = "".join(character for character in name if character not in BETWEEN)
    return bool({letters, *(letters.translate(read) for read in READ_AS_LETTERS)} & RESERVED)


def _is_written(character: str) -> bool:
    """Whether it is a letter, or a mark that belongs to one, as many alphabets have them."""
    is_letter = unicodedata.category(character) in {"Ll", "Lo", "Lm", "Mn", "Mc"}
    return is_letter and character not in DRAWN_AS_ASCII
