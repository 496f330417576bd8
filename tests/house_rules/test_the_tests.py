"""Tests lean on helpers, never on each other."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.house_rules.sources import modules, name, tree
from tests.spread import long_ones_first


def imported(path: Path) -> set[str]:
    """The full names of the modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_nothing_is_imported_from_a_test_module() -> None:
    """What two of them need is a helper beside them, named for what it is."""
    lent = [
        (name(path), one)
        for path in modules("tests")
        for one in imported(path)
        if one.startswith("tests.") and one.rpartition(".")[2].startswith("test_")
    ]
    assert lent == []


class Listed:
    """A test as far as its order depends on it."""

    def __init__(self, nodeid: str, *marks: str) -> None:
        self.nodeid = nodeid
        self.marks = marks

    def get_closest_marker(self, mark: str) -> str | None:
        return mark if mark in self.marks else None


@pytest.mark.parametrize("processes", [2, 3, 8])
def test_each_process_begins_with_long_tests_and_none_is_lost(processes: int) -> None:
    items: list[Any] = [Listed(f"test_short.py::{number}") for number in range(100)]
    for module, size in (("one", 9), ("two", 5), ("three", 4)):
        items += [Listed(f"test_{module}.py::{number}", "browser") for number in range(size)]

    ordered: list[Any] = long_ones_first(items, processes)

    assert sorted(map(id, ordered)) == sorted(map(id, items))
    marks = [item.marks for item in ordered]
    share = len(items) // processes
    begins = [marks[number * share] == ("browser",) for number in range(processes)]
    assert begins == [True] * min(processes, 3) + [False] * (processes - 3)
    assert marks[-1] == ()
