"""Search through the documentation: every section is looked at, which takes less than a millisecond or two. Decisions
are left out: who wants to know why goes to them.

All words have to stand somewhere in the section or its page's title. A title that has them comes first, then a heading,
then the section that names them most often.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest

from documentation.pages import DocumentationPage, Section, pages

MOST_WORDS = 8
AROUND = 90
# What a hit in a title and in a heading is worth, beside one in the text.
IN_TITLE, IN_HEADING, PER_MENTION, MOST_MENTIONS = 100, 40, 1, 20


@dataclass(frozen=True)
class Hit:
    """A section in which all words stand, and some of its text around the first of them."""

    page: DocumentationPage
    section: Section
    excerpt: str


@dataclass(frozen=True)
class _Entry:
    page: DocumentationPage
    section: Section
    title: str
    heading: str
    text: str


def search(query: str, *, most: int) -> list[Hit]:
    """The best sections for these words, at most so many; of a page one alone unless it is the only one."""
    words = query.lower().split()[:MOST_WORDS]
    if not words:
        return []
    scored = [(score, entry) for entry in _entries() if (score := _score(entry, words))]
    best = nlargest(4 * most, scored, key=lambda pair: pair[0])
    return [Hit(entry.page, entry.section, _excerpt(entry, words)) for entry in _one_a_page(best)][:most]


def _one_a_page(best: Sequence[tuple[float, _Entry]]) -> Iterator[_Entry]:
    seen = set()
    for _, entry in best:
        if entry.page.key not in seen:
            seen.add(entry.page.key)
            yield entry


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(
        _Entry(page, section, page.title.lower(), section.heading.lower(), section.text.lower())
        for page in pages().values()
        if page.shelf != "decisions"
        for section in page.sections
    )


def _score(entry: _Entry, words: Sequence[str]) -> float:
    """0 if a word is missing."""
    score: float = 0
    for word in words:
        in_text = entry.text.count(word)
        if word in entry.title:
            score += IN_TITLE if not entry.section.anchor else IN_TITLE / 4
        elif not in_text and word not in entry.heading:
            return 0
        score += IN_HEADING * (word in entry.heading) + PER_MENTION * min(in_text, MOST_MENTIONS)
    return score


def _excerpt(entry: _Entry, words: Sequence[str]) -> str:
    text = entry.section.text
    place = min((found for word in words if (found := entry.text.find(word)) >= 0), default=0)
    start = text.rfind(" ", 0, max(place - AROUND // 2, 0)) + 1 if place > AROUND // 2 else 0
    cut = text[start : start + 2 * AROUND]
    is_cut = start + 2 * AROUND < len(text)
    return ("… " if start else "") + (re.sub(r"\s\S*$", " …", cut) if is_cut else cut)
