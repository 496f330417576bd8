"""Texts that are IDs."""

import re
from uuid import UUID

_CANONICAL = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def uuid_of(text: str) -> UUID | None:
    """The UUID that the text spells, in any of the spellings there are; None if it is no UUID."""
    try:
        return UUID(text)
    except ValueError:
        return None


def is_canonical_uuid(text: str) -> bool:
    """Whether the text is a UUID in the spelling in which we write one: with hyphens, in lower case."""
    return _CANONICAL.fullmatch(text) is not None
