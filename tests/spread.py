"""Which process of a run takes which tests first: the long ones, evenly, so that none of them is left for the end."""

from collections.abc import Sequence
from itertools import islice

import pytest

LONG = ("browser", "client", "long")
"""The marks of tests that take seconds."""


def long_ones_first(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """Order tests for so many processes, each of which begins with an equal part of the list (xdist's `worksteal`).

    Each part begins with whole modules of long tests, as those of a module share a browser. What is short follows, and
    a process that has nothing left takes some of it from another. Otherwise the order stays as it was: by chance.
    """
    modules: dict[str, list[pytest.Item]] = {}
    short = []
    for item in items:
        if any(item.get_closest_marker(mark) for mark in LONG):
            modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
        else:
            short.append(item)
    parts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for module in sorted(modules.values(), key=len, reverse=True):
        min(parts, key=len).extend(module)
    rest, left = iter(short), len(items)
    for number, part in enumerate(parts):
        # As many as `worksteal` will hand out at first.
        size = left // (processes - number)
        part.extend(islice(rest, max(size - len(part), 0)))
        left -= size
    return [*(item for part in parts for item in part), *rest]
