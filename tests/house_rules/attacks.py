"""Which attacks the tests cite, by the numbers of docs/reference/attacks.md."""

import ast
import re
from collections.abc import Iterator

from tests.house_rules.sources import modules, name, tree

IN_A_NAME = re.compile(r"(?<=_)([a-z])(\d\d)(?:_to_[a-z](\d\d))?(?=_)")
IN_WORDS = re.compile(r"\b([TOACPR])-(\d\d)\b")
LETTERS = "TOACPR"


def cited() -> dict[str, set[str]]:
    """For each number, the modules whose tests are about it: in a test's name ("o12", "o01_to_o05") or docstring."""
    found: dict[str, set[str]] = {}
    for path in modules("tests"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
                for number in _numbers(node):
                    found.setdefault(number, set()).add(name(path))
    return found


def _numbers(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    for letter, number in IN_WORDS.findall(ast.get_docstring(node) or ""):
        yield f"{letter}-{number}"
    if isinstance(node, ast.FunctionDef) and "rfc9700" not in node.name:
        for letter, first, last in IN_A_NAME.findall(node.name):
            if letter.upper() in LETTERS:
                yield from (f"{letter.upper()}-{number:02}" for number in range(int(first), int(last or first) + 1))
