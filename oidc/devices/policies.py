"""How a device asks, and the code it shows."""

import unicodedata
from datetime import timedelta

from oidc.lifetimes import DEVICE_LIFETIME

DEVICE_INTERVAL = timedelta(seconds=5)
SLOWER_BY = timedelta(seconds=5)
LONGEST_INTERVAL = DEVICE_LIFETIME
# RFC 8628 section 6.1: without vowels no word comes of it, and nothing looks like a digit. Eight are 34 bits.
USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LENGTH = 8


def read_user_code(typed: str) -> str:
    """What somebody meant who typed a device's code in whatever case, spacing or width; "" if it can't be one."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed).upper()))
    return letters if len(letters) == USER_CODE_LENGTH and set(letters) <= set(USER_CODE_ALPHABET) else ""


def shown_user_code(user_code: str) -> str:
    """A device's code as people read it: XXXX-XXXX."""
    half = USER_CODE_LENGTH // 2
    return f"{user_code[:half]}-{user_code[half:]}"
