"""A puzzle that costs a browser a moment, and us nothing: which number stands behind a text, told by its digest."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

SALT_BYTES = 16
LEAST, TIMES = 200_000, 4
"""How many numbers a browser may have to try, and by how much more where programs are at work: each time anew."""
MOST_LEVELS = 2


@dataclass(frozen=True)
class Puzzle:
    """SHA-256 of `salt` and a number from 0 to `most`, in digits, is `digest`, in hexadecimal ones."""

    salt: str
    digest: str
    most: int

    @classmethod
    def new(cls, level: int) -> "Puzzle":
        """One that nobody has seen, at this level: 0 for the usual."""
        salt, most = secrets.token_urlsafe(SALT_BYTES), LEAST * TIMES ** min(level, MOST_LEVELS)
        return cls(salt, _digest(salt, str(secrets.randbelow(most + 1))), most)

    def is_solved_by(self, typed: str) -> bool:
        """Whether this is the number."""
        return hmac.compare_digest(_digest(self.salt, typed), self.digest)


def _digest(salt: str, number: str) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()
