"""Which process of a run takes which tests first: the long ones, evenly, so that none of them is left for the end."""

from collections.abc import Sequence
from itertools import islice

import pytest

LONG = ("browser", "client", "long")
"""The marks of tests that take seconds."""
TOGETHER = ("tests/house_rules/", "tests/conformance/")
"""Folders whose modules share what takes seconds to make: the sources, parsed, and a server over https."""


def long_ones_first(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """Order tests for so many processes, each of which begins with an equal part of the list (xdist's `worksteal`).

    Each part begins with whole modules of long tests, those with a browser first, as they share it. What is short
    follows, and a process that has nothing left takes some of it from another. What shares something stays together in
    one of them. Otherwise the order stays as it was: by chance.
    """
    modules: dict[str, list[pytest.Item]] = {}
    short: list[pytest.Item] = []
    for item in items:
        if any(item.get_closest_marker(mark) for mark in LONG):
            modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
        else:
            short.append(item)
    short.sort(key=lambda item: [item.nodeid.startswith(folder) for folder in TOGETHER], reverse=True)
    parts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for module in sorted(modules.values(), key=lambda module: (_has_browser(module), len(module)), reverse=True):
        min(parts, key=len).extend(module)
    rest, left = iter(short), len(items)
    for number, part in enumerate(parts):
        # As many as `worksteal` will hand out at first.
        size = left // (processes - number)
        part.extend(islice(rest, max(size - len(part), 0)))
        left -= size
    return [*(item for part in parts for item in part), *rest]


def _has_browser(module: Sequence[pytest.Item]) -> bool:
    return any(item.get_closest_marker("browser") for item in module)
