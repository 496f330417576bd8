"""The tabs of a thing that has several pages. Each app says in its `urls` which of its pages are among them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Tab:
    """One tab of a thing, with an address of its own."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class _Page:
    name: str
    url_name: str
    place: int
    is_shown: Callable[[Any], bool]


class TabBar:
    """The tabs of one kind of thing, so that a package needn't know the pages that those above it add."""

    def __init__(self) -> None:
        self._pages: list[_Page] = []

    def add(
        self, name: str, url_name: str, *, place: int, is_shown: Callable[[Any], bool] = lambda thing: True
    ) -> None:
        """Make the portal's page `url_name` a tab, in the order of `place`, at the things for which `is_shown`."""
        self._pages.append(_Page(name, f"portal:{url_name}", place, is_shown))
        self._pages.sort(key=lambda page: page.place)

    def at(self, path: str, *, of: object, named: list[Any]) -> list[Tab]:
        """The tabs of the thing `of`, whose addresses are made from `named`.

        The one at `path` is current, or the one that the page at `path` is below.
        """
        urls = {page.name: reverse(page.url_name, args=named) for page in self._pages if page.is_shown(of)}
        current = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
        return [Tab(name, url, url == current) for name, url in urls.items()]


SETTINGS_TABS = TabBar()
