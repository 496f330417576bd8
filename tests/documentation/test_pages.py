"""The documentation as the portal reads it: complete, linked, and nothing but what was written."""

import re
from pathlib import Path

import pytest

from documentation import pages as reading
from documentation.pages import FOLDER, DocumentationPage, pages
from documentation.rendering import render
from documentation.search import search
from documentation.subjects import page_about
from tests.environment import ROOT
from tests.portal.doors import DOORS

PAGES = list(pages().values())
# The switch for light and dark, the way in, and the documentation itself.
ABOUT_NOTHING = {"look", "start", "documentation", "documentation-image", "documentation-page"}
LINK = re.compile(r'href="/documentation/([^"#]+)/(?:#([^"]+))?"')
ANCHOR = re.compile(r'id="([^"]+)"')


def page_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> DocumentationPage:
    """A page with this text, read as those of `docs` are."""
    (tmp_path / "how-to").mkdir()
    path = tmp_path / "how-to" / "a-page.md"
    path.write_text(text)
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    return reading._page("how-to", path)


def test_every_page_of_the_repository_is_there_by_its_title() -> None:
    files = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.md")}

    assert set(pages()) == files
    assert pages()["how-to/deploy"].title == "Put it on a server"
    assert all(page.title for page in PAGES)


@pytest.mark.parametrize("read", PAGES, ids=lambda read: read.key)
def test_every_link_to_another_page_leads_to_a_place_that_is_there(read: DocumentationPage) -> None:
    html = render(read).html

    for key, anchor in LINK.findall(html):
        assert key in pages(), key
        assert not anchor or anchor in ANCHOR.findall(render(pages()[key]).html), f"{key}#{anchor}"
    for anchor in re.findall(r'href="#([^"]+)"', html):
        assert anchor in ANCHOR.findall(html), anchor
    assert '.md"' not in html


@pytest.mark.parametrize("read", PAGES, ids=lambda read: read.key)
def test_search_leads_to_places_that_are_there(read: DocumentationPage) -> None:
    anchors = ANCHOR.findall(render(read).html)

    assert {section.anchor for section in read.sections if section.anchor} <= set(anchors)


def test_links_to_the_source_are_no_links_and_those_elsewhere_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# T\n\n[the test](../../tests/x.py), [the drive](../../../etc/passwd), [RFC](https://rfc.example/6749)"

    html = render(page_of(tmp_path, monkeypatch, text)).html

    assert "<span>the test</span>" in html
    assert "<span>the drive</span>" in html
    assert '<a href="https://rfc.example/6749" rel="noopener">RFC</a>' in html


def test_html_in_a_page_is_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# T\n\n<script>alert(1)</script>\n\nA <b onclick=x>bold</b> [word](javascript:alert(1)).\n\n```\n<i>\n```\n"

    html = render(page_of(tmp_path, monkeypatch, text)).html

    assert "<script" not in html
    assert "<b " not in html
    assert 'href="javascript' not in html
    assert "<code>&lt;i&gt;</code>" in html
    assert 'data-copy="&lt;i&gt;"' in html


def test_the_corner_of_a_table_is_no_heading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    html = render(page_of(tmp_path, monkeypatch, "# T\n\n| | One |\n| --- | --- |\n| Two | 2 |\n")).html

    assert "<td></td>" in html
    assert html.count("<th>") == html.count("</th>") == 1


def test_a_comment_in_code_is_no_heading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(tmp_path, monkeypatch, "# T\n\n```sh\n# Not a heading\n```\n\n## One\n\n## One\n")

    assert [(section.heading, section.anchor) for section in page.sections] == [
        ("T", ""),
        ("One", "one"),
        ("One", "one-1"),
    ]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("signing keys", "how-to/signing-keys"),
        ("ROTATE key", "how-to/signing-keys"),
        ("put it on a serv", "how-to/deploy"),
        ("user flow run", "how-to/run-a-user-flow"),
        ("client secret", "how-to/client-secrets"),
    ],
)
def test_what_somebody_looks_for_comes_first(query: str, key: str) -> None:
    assert search(query, most=5)[0].page.key == key


@pytest.mark.parametrize("query", ["", " ", "zzyzx", "\0", "%", "(", "a" * 500, "x " * 500])
def test_whatever_is_searched_for_nothing_breaks(query: str) -> None:
    assert len(search(query, most=5)) <= 5


def test_a_page_is_found_once_however_often_it_has_the_word() -> None:
    found = [hit.page.key for hit in search("token", most=10)]

    assert len(found) == len(set(found)) == 10


def test_every_page_of_the_portal_leads_to_one_that_tells_of_it() -> None:
    assert {door.name for door in DOORS if page_about(door.name) is None} <= ABOUT_NOTHING


def test_a_page_below_is_told_of_by_the_one_above_it() -> None:
    assert page_about("signing-key-withdraw") == pages()["how-to/signing-keys"]
    assert page_about("nothing-of-it") is None


def test_the_image_carries_the_documentation() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert not {"docs", "docs/", "**/*.md", "docs/**"} & set(ignored)
