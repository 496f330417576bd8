"""Each attack that a test cites has its row, with that test; no row is without one."""

import ast
import re

from tests.house_rules.attacks import ATTACKS, ROW, cited, links
from tests.house_rules.sources import DOCS, ROOT, tree

RFC9700 = DOCS / "reference" / "rfc9700.md"
TESTS_OF_RFC9700 = ROOT / "tests" / "oidc" / "test_rfc9700.py"


def test_each_attack_has_its_row_and_each_row_its_tests() -> None:
    """Where only tests have moved, `python -m tests.house_rules.attacks` puts it right."""
    rows = [(number, tests) for number, _, tests in ROW.findall(ATTACKS.read_text(encoding="utf-8"))]
    assert len(rows) == len(dict(rows))
    assert dict(rows) == {number: links(modules) for number, modules in cited().items()}


def test_each_demand_of_rfc_9700_has_its_row_and_its_test() -> None:
    rows = re.findall(r"^\| (\d+) \|", RFC9700.read_text(encoding="utf-8"), flags=re.MULTILINE)
    functions = [node.name for node in tree(TESTS_OF_RFC9700).body if isinstance(node, ast.FunctionDef)]
    tested = {match[1] for match in map(re.compile(r"test_rfc9700_r(\d+)_").match, functions) if match}
    assert rows == [str(number) for number in range(1, len(rows) + 1)]
    assert set(rows) == tested
