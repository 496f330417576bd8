"""Pages that differ in a few texts alone: rendered once with marks in their places, and filled in for each reader.

A page is kept under all that it was rendered from, and was rendered from nothing else, so nobody gets what was made for
somebody else; what can't be a part of that name isn't kept. Marks are made anew in each process: nobody has typed one.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from html import escape
from threading import Lock
from typing import Any
from urllib.parse import quote
from uuid import UUID

MOST_PAGES = 500
"""One has some 8 KB, so a process keeps 4 MB at most."""

Filling = Callable[[str], str]
# How a page has written the end of a text's mark shows what it has made of the text.
END = "&"
WAYS: Mapping[str, Filling] = {"&amp;": escape, "%26": quote}


class NotKept(Exception):
    """A page can't be kept that was rendered from this, or that has made something else of a text."""


def text_mark() -> str:
    """Stands for a text, which the page escapes, or puts into an address. Other marks are letters, digits, hyphens."""
    return secrets.token_hex(16) + END


class KeptPage:
    """A page with places to be filled in, by the marks that it was rendered with. Raises `NotKept`."""

    def __init__(self, html: str, marks: Mapping[str, str]) -> None:
        written: dict[str, tuple[str, Filling]] = {}
        for name, mark in marks.items():
            if mark.endswith(END):
                written |= {mark.removesuffix(END) + end: (name, filling) for end, filling in WAYS.items()}
            else:
                written[mark] = name, str
        parts = re.split(f"({'|'.join(map(re.escape, written))})", html)
        self._texts, self._places = parts[::2], [written[mark] for mark in parts[1::2]]
        if any(mark.removesuffix(END) in text for text in self._texts for mark in marks.values()):
            raise NotKept("A text isn't escaped")

    def filled(self, values: Mapping[str, str]) -> str:
        """The page for somebody: with the values of its marks, by their names."""
        said = [filling(values[name]) for name, filling in self._places]
        return "".join([part for pair in zip(self._texts, said, strict=False) for part in pair] + self._texts[-1:])


class KeptPages:
    """The pages that this process keeps: the newest."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, KeptPage] = {}
        self._lock = Lock()

    def get(self, key: Hashable, render: Callable[[], KeptPage]) -> KeptPage:
        """The page of this name, or what `render` returns, which is kept from now on."""
        page = self._pages.get(key)
        if page is None:
            page = render()
            with self._lock:
                if len(self._pages) >= MOST_PAGES:
                    self._pages.pop(next(iter(self._pages)))
                self._pages[key] = page
        return page


def named(value: Any) -> Hashable:
    """What a page is rendered from, as a part of its name: values that stay what they are. Raises `NotKept`."""
    match value:
        case str() | int() | UUID() | None:
            return value
        case Mapping():
            return "mapping", *((name, named(each)) for name, each in value.items())
        case list() | tuple() | frozenset():
            return tuple(named(each) for each in value)
    made_by = getattr(type(value), "__dataclass_params__", None)
    try:
        hash(value)
    except TypeError as error:
        raise NotKept(type(value).__name__) from error
    if made_by is None or not made_by.frozen:
        raise NotKept(type(value).__name__)
    kept: Hashable = value
    return kept
