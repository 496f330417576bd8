"""Texts that are IDs."""

from uuid import UUID


def uuid_of(text: str) -> UUID | None:
    """The UUID that the text spells, in any of the spellings there are; None if it is no UUID."""
    try:
        return UUID(text)
    except ValueError:
        return None


def is_canonical_uuid(text: str) -> bool:
    """Whether the text is a UUID in the spelling in which we write one: with hyphens, in lower case."""
    spelt = uuid_of(text)
    return spelt is not None and str(spelt) == text
