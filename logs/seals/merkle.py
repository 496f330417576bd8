"""The tree over events, as pure functions: RFC 9162 section 2.1.1, with SHA-256."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

LEAF, NODE = b"\x00", b"\x01"
DIGEST_BYTES = 32


def leaf_of(event: Mapping[str, Any]) -> bytes:
    """The digest of one event, given by column: of its JSON with sorted names and without blanks.

    Times are in UTC. What is empty isn't part of it, so that a later release may have further columns.
    """
    told = {name: value for name, value in event.items() if value not in (None, "", {})}
    return sha256(LEAF + canonical(told)).digest()


def canonical(told: Mapping[str, Any]) -> bytes:
    """One value as bytes, always the same ones."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), default=_written).encode()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves. One that has no neighbour goes up as it is."""
    level = list(leaves) or [sha256().digest()]
    while len(level) > 1:
        pairs = [sha256(NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def split_leaves(joined: bytes) -> list[bytes]:
    """The leaves that were joined for their place in the database."""
    return [joined[at : at + DIGEST_BYTES] for at in range(0, len(joined), DIGEST_BYTES)]


def _written(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
