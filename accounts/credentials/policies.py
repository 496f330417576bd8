"""The one spelling in which passwords are hashed."""

import unicodedata

MAX_PASSWORD_LENGTH = 256


def normalise_password(password: str) -> str:
    """NFKC, so that the same password typed on another keyboard signs in (NIST SP 800-63B-4 section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
