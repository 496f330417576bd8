"""Noticing that something was changed while somebody else was looking at it."""

import json
from hashlib import sha256

CHANGED_MEANWHILE = (
    "Somebody else changed this after you opened the page. What you typed is still here: save again to put it in the "
    "place of theirs, or reload the page to see theirs."
)


def fingerprint(kept: object) -> str:
    """A short name for a state, by which a sent form is known to be about the state it was shown with."""
    return sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]
