"""States compared: what differs, and names by which two people who change the same thing notice each other."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any


def version_of(state: object) -> str:
    """A short name for a state, the same for the same state only: for a hidden field, or an ETag."""
    return sha256(json.dumps(_plain(state), sort_keys=True, default=str).encode()).hexdigest()[:16]


def differences(before: object, after: object) -> dict[str, Any]:
    """The fields in which the one value differs from the other of its kind, with what they are in `after`."""
    return {name: value for name, value in vars(after).items() if value != getattr(before, name)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
