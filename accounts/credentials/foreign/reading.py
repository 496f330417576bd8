"""The way in: whatever hash somebody brings, in whichever spelling."""

import re

from accounts.credentials.foreign import derived, digests
from accounts.credentials.foreign.digests import digest_in
from accounts.credentials.foreign.limits import UNKNOWN, HashRefused
from accounts.credentials.foreign.weak import Weak

# A name that directories and Dovecot put before what says itself what it is.
IN_BRACES = re.compile(r"\{[\w-]+\}.")
NAMED = re.compile(r"\{(?:x-)?(?:CRYPT|BLF-CRYPT|SHA(?:256|512)-CRYPT|MD5-CRYPT|ARGON2(?:ID?)?)\}(\$.+)", re.IGNORECASE)


def read_hash(text: str) -> str | Weak:
    """The hash as it is kept, so that `check_password` knows who checks it, unless it has to be wrapped first.

    Raises `HashRefused`.
    """
    text = text.strip()
    if named := NAMED.fullmatch(text):
        text = named[1]
    for pattern, read in (*derived.READERS, *digests.READERS):
        match = pattern.fullmatch(text)
        if match:
            return read(match)
    raise HashRefused(UNKNOWN)


def looks_like_hash(text: str) -> bool:
    """Whether this is, or was meant to be, one of those: it is shown to nobody."""
    text = text.strip()
    return text.count("$") > 1 or IN_BRACES.match(text) is not None or digest_in(text) is not None
