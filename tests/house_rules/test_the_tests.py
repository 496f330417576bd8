"""Tests lean on helpers, never on each other."""

import re
from typing import Any

import pytest

from tests.house_rules.sources import modules, name
from tests.spread import long_ones_first

# On the line that begins so, or within its brackets.
IMPORTED = re.compile(r"^[ \t]*(?:from|import) tests\b[^\n(]*(?:\([^)]*)?[ .,\n](test_\w+)", flags=re.MULTILINE)


def lent(text: str) -> list[str]:
    """The test modules that a text imports, or from which. To read all tests as Python would takes seconds."""
    return IMPORTED.findall(text)


@pytest.mark.parametrize(
    "line",
    [
        "from tests.oidc.test_grants import code",
        "import tests.oidc.test_grants as grants",
        "from tests.oidc import test_grants",
        "from tests.oidc import (\n    apis,\n    test_grants,\n)",
        "if TYPE_CHECKING:\n    from tests.oidc import apis, test_grants",
    ],
)
def test_a_test_module_is_seen_however_it_is_imported(line: str) -> None:
    assert lent(f'"""Sign in with `tests.oidc.test_codes`."""\n\nimport pytest\n{line}\n') == ["test_grants"]


def test_nothing_is_imported_from_a_test_module() -> None:
    """What two of them need is a helper beside them, named for what it is."""
    found = {name(path): tests for path in modules("tests") if (tests := lent(path.read_text(encoding="utf-8")))}

    assert found == {}


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
