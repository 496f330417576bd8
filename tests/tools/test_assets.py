"""What other people made for the portal's look is fetched whole, and nothing else of it is served."""

import re
from pathlib import Path

import pytest

from tools import assets

ROOT = Path(__file__).resolve().parent.parent.parent
NAMED = re.compile(r"vendor/([\w./-]+)")


def test_every_vendored_file_that_a_page_names_is_fetched() -> None:
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    own = [page for page in pages if assets.VENDOR not in page.parents]
    named = {name for page in own for name in NAMED.findall(page.read_text())}

    assert named
    assert named <= {asset.target for asset in assets.assets()}


def test_everything_comes_with_its_licence() -> None:
    targets = [Path(asset.target) for asset in assets.assets()]

    for folder in {target.parent for target in targets}:
        assert folder / "LICENSE.txt" in targets


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a{}\n/*# sourceMappingURL=tabler.min.css.map */", b"a{}\n"),
        (b"f();\n//# sourceMappingURL=tabler.min.js.map\n", b"f();\n"),
        (b"/* sourceMappingURL */ a{}", b"/* sourceMappingURL */ a{}"),
    ],
)
def test_the_comment_that_names_a_source_map_goes(before: bytes, after: bytes) -> None:
    assert assets.without_source_map(before) == after
