"""Who acts for whom, once a token was exchanged (RFC 8693 section 4.1)."""

from collections.abc import Mapping
from typing import Any


def actors_with(subject: str, *, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """The `act` claim for whoever acts now, with those who did before inside it (RFC 8693 section 4.1)."""
    return {"sub": subject, **({"act": dict(earlier)} if earlier else {})}


def depth_of_actors(act: Mapping[str, Any]) -> int:
    """How many act one for another."""
    depth = 0
    while act:
        depth, act = depth + 1, act.get("act", {})
    return depth
