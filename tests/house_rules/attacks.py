"""Which attacks the tests cite, by the numbers of docs/reference/attacks.md.

python -m tests.house_rules.attacks     brings the page's column of tests up to date
"""

import ast
import re
from collections.abc import Iterator

from tests.house_rules.sources import DOCS, modules, name, nodes

ATTACKS = DOCS / "reference" / "attacks.md"
ROW = re.compile(r"^\| ([A-Z]-\d\d) \|(.*)\| ([^|]*) \|$", flags=re.MULTILINE)

IN_A_NAME = re.compile(r"(?<=_)([a-z])(\d\d)(?:_to_[a-z](\d\d))?(?=_)")
LETTERS = "TOACBPRL"
IN_WORDS = re.compile(rf"\b([{LETTERS}])-(\d\d)\b")


def cited() -> dict[str, set[str]]:
    """For each number, the modules whose tests are about it: in a test's name ("o12", "o01_to_o05") or docstring."""
    found: dict[str, set[str]] = {}
    for path in modules("tests"):
        text = path.read_text(encoding="utf-8")
        # To read one as Python takes long, and most are about none.
        if not IN_WORDS.search(text) and not IN_A_NAME.search(text):
            continue
        for node in nodes(path):
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


def links(paths: set[str]) -> str:
    """The column of tests in a row: a link to each module."""
    shown = {path: path.removeprefix("tests/").removesuffix(".py").replace("test_", "") for path in sorted(paths)}
    return ", ".join(f"[{words}](../../{path})" for path, words in shown.items())


def main() -> None:
    found = cited()
    text = ATTACKS.read_text(encoding="utf-8")
    ATTACKS.write_text(ROW.sub(lambda row: f"| {row[1]} |{row[2]}| {links(found.get(row[1], set()))} |", text))


if __name__ == "__main__":
    main()
