"""The pages below `docs`: what each is called, and its text in sections, as search looks through it.

They are read once in a process, without being rendered: that costs milliseconds, and most are never asked for there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as _

FOLDER: Path = settings.BASE_DIR / "docs"
# The folders of pages, in the order in which people need them, and what each is called.
SHELVES = {
    "tutorial": _("Start here"),
    "how-to": _("How to"),
    "explanation": _("How it works"),
    "reference": _("Look it up"),
    "decisions": _("Why it is so"),
}
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"[\s|:-]+")
_FENCE = re.compile(r"\s*(```|~~~)")
# The marks of Markdown: around words, the address of a link, emphasis and code; around lines, lists and tables.
_AROUND_WORDS = re.compile(r"\]\([^)]*\)|[`*\[]")
_AROUND_LINES = re.compile(r"^\s*(?:-|\d+\.)\s+|(?<=\s)\|(?=\s)|^\||\|$")


@dataclass(frozen=True)
class Section:
    """What stands below one heading, without the marks of Markdown; `anchor` is "" for the beginning of a page."""

    heading: str
    anchor: str
    text: str


@dataclass(frozen=True)
class DocumentationPage:
    """A page: `key` is its place below `docs` without the ending, such as `how-to/deploy`."""

    key: str
    title: str
    sections: tuple[Section, ...]

    @property
    def shelf(self) -> str:
        return self.key.partition("/")[0]

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.key}.md"


@cache
def pages() -> dict[str, DocumentationPage]:
    """All pages by key, shelf by shelf, each shelf by title; decisions stay in the order of their numbers."""
    found = [_page(shelf, path) for shelf in SHELVES for path in sorted((FOLDER / shelf).glob("*.md"))]
    places = {shelf: place for place, shelf in enumerate(SHELVES)}
    return {page.key: page for page in sorted(found, key=lambda page: (places[page.shelf], page.title.lower()))}


def take_slug(heading: str, taken: set[str]) -> str:
    """The anchor of a heading, as GitHub makes it, so that links hold in both places. It is taken from then on."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    slug, number = plain, 0
    while slug in taken:
        number += 1
        slug = f"{plain}-{number}"
    taken.add(slug)
    return slug


def _page(shelf: str, path: Path) -> DocumentationPage:
    sections = tuple(_sections(path.read_text(encoding="utf-8")))
    return DocumentationPage(f"{shelf}/{path.stem}", sections[0].heading, sections)


def _sections(text: str) -> Iterator[Section]:
    """The title with what stands below it, then each further heading with its own."""
    taken: set[str] = set()
    heading, anchor, lines, is_code = "", "", list[str](), False
    for line in text.splitlines():
        is_code ^= bool(_FENCE.match(line))
        found = None if is_code else _HEADING.match(line)
        if found is None:
            if not _RULE.fullmatch(line):
                lines.append(_AROUND_LINES.sub("", _AROUND_WORDS.sub("", line)))
            continue
        if heading:
            yield Section(heading, anchor, " ".join(" ".join(lines).split()))
        is_title = not heading
        heading, lines = _AROUND_WORDS.sub("", found[2]), []
        anchor = take_slug(heading, taken)
        anchor = "" if is_title else anchor
    yield Section(heading, anchor, " ".join(" ".join(lines).split()))
