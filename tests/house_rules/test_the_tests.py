"""Tests lean on helpers, never on each other."""

import ast
from pathlib import Path

import pytest

from tests.house_rules.sources import modules, name, tree


def imported(path: Path) -> set[str]:
    """The full names of the modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", list(modules("tests")), ids=name)
def test_nothing_is_imported_from_a_test_module(path: Path) -> None:
    """What two of them need is a helper beside them, named for what it is."""
    lent = [one for one in imported(path) if one.startswith("tests.") and one.rpartition(".")[2].startswith("test_")]
    assert lent == []
