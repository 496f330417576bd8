"""The tabs of a thing that has several pages. Each app says in its `urls` which of its pages are among them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from frame.pages import PortalRequest, may_open


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
        self._pages.append(_Page(name, url_name, place, is_shown))
        self._pages.sort(key=lambda page: page.place)

    def at(self, request: PortalRequest, *, of: object, named: list[Any]) -> list[Tab]:
        """The tabs of the thing `of` that open to whoever asks. Their addresses are made from `named`.

        The page asked for is the current one, or the one that it is below.
        """
        shown = [page for page in self._pages if page.is_shown(of) and may_open(request, page.url_name)]
        urls = {page.name: reverse(f"portal:{page.url_name}", args=named) for page in shown}
        current = max((url for url in urls.values() if request.path.startswith(url)), key=len, default="")
        return [Tab(name, url, url == current) for name, url in urls.items()]


SETTINGS_TABS, LOG_TABS = TabBar(), TabBar()
