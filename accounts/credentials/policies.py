"""The one spelling in which passwords are hashed, and what somebody meant who typed a one-time code."""

import re
import unicodedata

MAX_PASSWORD_LENGTH = 512
CODE_DIGITS, LONG_CODE_DIGITS = 6, 8
# What is kept for a password that is checked elsewhere at the next sign-in. The mark before it makes it good for none.
ELSEWHERE = "!elsewhere"


def normalise_password(password: str) -> str:
    """NFKC, so that the same password typed on another keyboard signs in (NIST SP 800-63B-4 section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def read_code(typed: str, *, length: int = CODE_DIGITS) -> str:
    """The digits of a one-time code, in ASCII, in whatever script they were typed; "" if it can't be one.

    Whatever stands between them is dropped. A sentence that was pasted with it may have other numbers in it, as long as
    one alone has so many digits.
    """
    decimals = [(character, unicodedata.decimal(character, None)) for character in typed]
    digits = "".join(str(value) for _, value in decimals if value is not None)
    if len(digits) == length:
        return digits
    in_ascii = "".join(character if value is None else str(value) for character, value in decimals)
    found = re.findall(rf"(?<!\d)\d{{{length}}}(?!\d)", in_ascii, re.ASCII)
    return found[0] if len(found) == 1 else ""
