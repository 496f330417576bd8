"""Whoever enters a package reads first what it owns, what it leaves to others, and who calls it."""

import ast

import pytest

from tests.house_rules.sources import PACKAGES, ROOT, tree

A_PARAGRAPH = 100


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_a_paragraph_at_its_door(package: str) -> None:
    paragraph = ast.get_docstring(tree(ROOT / package / "__init__.py")) or ""

    assert len(paragraph) >= A_PARAGRAPH


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_on_the_maps(package: str) -> None:
    for page in ("README.md", "ARCHITECTURE.md"):
        assert f"`{package}`" in (ROOT / page).read_text(encoding="utf-8"), page
