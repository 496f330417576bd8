"""What a reader can hold: short functions in short files."""

import ast
from collections import Counter

import pytest

from tests.house_rules.sources import PACKAGES, ROOT, modules, name, nodes

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_MODULES = 11
MOST_IN_A_ROOM = 14
# Each file is named for the one thing that it holds; Django looks for all commands in one folder.
KITS = {"applications/policies", "commands/management/commands", "common/text", "common/web"}


def test_a_file_is_split_by_what_people_do_before_it_gets_long() -> None:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    assert {path: length for path, length in lines.items() if length > LONGEST_FILE} == {}


def test_a_function_fits_on_a_screen() -> None:
    long = {
        (name(path), node.name): length
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }

    assert long == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_a_house_of_rooms_and_no_heap(package: str) -> None:
    found = [path for path in (ROOT / package).glob("*.py") if path.stem != "__init__"]

    assert len(found) <= MOST_MODULES, f"{package} has {len(found)} modules: give it rooms"


def test_a_room_is_no_heap_either() -> None:
    sizes = Counter(name(path.parent) for path in modules() if path.stem != "__init__")

    assert {room for room, size in sizes.items() if size > MOST_IN_A_ROOM} == KITS
