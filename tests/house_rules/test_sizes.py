"""What a reader can hold: short functions in short files."""

import ast
from pathlib import Path

import pytest

from tests.house_rules.sources import PACKAGES, ROOT, modules, name, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_MODULES = 12


@pytest.mark.parametrize("path", list(modules()), ids=name)
def test_a_file_is_split_by_what_people_do_before_it_gets_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST_FILE, f"{name(path)} has {lines} lines"


@pytest.mark.parametrize("path", list(modules()), ids=name)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = {
        node.name: length
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }

    assert not long


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_a_house_of_rooms_and_no_heap(package: str) -> None:
    found = [path for path in (ROOT / package).glob("*.py") if path.stem != "__init__"]

    assert len(found) <= MOST_MODULES, f"{package} has {len(found)} modules: give it rooms"
