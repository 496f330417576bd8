"""Recovery codes as people read and type them: ten letters and digits that can't be taken for others, 50 bits."""

import secrets
import unicodedata

HOW_MANY, LENGTH = 10, 10
FEW = 3
# Crockford's base32: without I, L, O and U.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110")
LONGEST_TYPED = 100


def new_codes() -> list[str]:
    """Ten of them, each in two halves."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def read_recovery_code(typed: str) -> str:
    """What somebody meant, as it is hashed, with the digits of any script; "" if it can't be one."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(MISREAD)
    letters = "".join(str(unicodedata.decimal(letter, letter)) for letter in plain if letter.isalnum())
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else ""
