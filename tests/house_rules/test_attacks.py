"""Each attack that a test cites has its row, with that test; no row is without one."""

import ast
import re

from tests.house_rules.attacks import cited
from tests.house_rules.sources import DOCS, ROOT, tree

ATTACKS = DOCS / "reference" / "attacks.md"
RFC9700 = DOCS / "reference" / "rfc9700.md"
TESTS_OF_RFC9700 = ROOT / "tests" / "oidc" / "test_rfc9700.py"


def test_each_attack_has_its_row_and_each_row_its_tests() -> None:
    rows = re.findall(r"^\| ([A-Z]-\d\d) \|.*\| ([^|]+) \|$", ATTACKS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(rows) == len(dict(rows))
    named = {number: set(re.findall(r"\]\(\.\./\.\./(tests/[^)]+)\)", tests)) for number, tests in rows}
    assert named == cited()


def test_each_demand_of_rfc_9700_has_its_row_and_its_test() -> None:
    rows = re.findall(r"^\| (\d+) \|", RFC9700.read_text(encoding="utf-8"), flags=re.MULTILINE)
    functions = [node.name for node in tree(TESTS_OF_RFC9700).body if isinstance(node, ast.FunctionDef)]
    tested = {match[1] for match in map(re.compile(r"test_rfc9700_r(\d+)_").match, functions) if match}
    assert rows == [str(number) for number in range(1, len(rows) + 1)]
    assert set(rows) == tested
