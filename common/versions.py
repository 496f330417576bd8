"""Names for states, by which two people who change the same thing notice each other."""

import json
from dataclasses import asdict, is_dataclass
from hashlib import sha256


def version_of(state: object) -> str:
    """A short name for a state, the same for the same state only: for a hidden field, or an ETag."""
    plain = asdict(state) if is_dataclass(state) and not isinstance(state, type) else state
    return sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]
