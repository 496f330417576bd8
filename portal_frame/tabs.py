"""The tabs of a thing that has several pages. Each app says in its `urls` which of its pages are among them.

Of a thing with many, tabs that belong together are a group: the groups stand in a row, and below it the tabs of the one
that is open. Addresses know nothing of groups.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal_frame.pages import PortalRequest, may_open


@dataclass(frozen=True)
class Tab:
    """One tab of a thing, with an address of its own."""

    name: str
    url: str
    is_current: bool
    group: str = ""


@dataclass(frozen=True)
class TabGroup:
    """Some tabs of a thing by a name of their own; the address is that of the first."""

    name: str
    tabs: Sequence[Tab]

    @property
    def url(self) -> str:
        return self.tabs[0].url

    @property
    def is_current(self) -> bool:
        """Whether one of its tabs is open."""
        return any(tab.is_current for tab in self.tabs)


def in_groups(tabs: Sequence[Tab]) -> list[TabGroup]:
    """The groups of these tabs, in the order in which they come; those of one stand beside each other."""
    return [TabGroup(name, list(together)) for name, together in groupby(tabs, key=lambda tab: tab.group or tab.name)]


@dataclass(frozen=True)
class _Page:
    name: str | Promise
    url_name: str
    place: int
    group: str | Promise
    is_shown: Callable[[Any], bool]


class TabBar:
    """The tabs of one kind of thing, so that a package needn't know the pages that those above it add."""

    def __init__(self) -> None:
        self._pages: list[_Page] = []

    def add(
        self,
        name: str | Promise,
        url_name: str,
        *,
        place: int,
        group: str | Promise = "",
        is_shown: Callable[[Any], bool] = lambda thing: True,
    ) -> None:
        """Make the portal's page `url_name` a tab, in the order of `place`, at the things for which `is_shown`."""
        self._pages.append(_Page(name, url_name, place, group, is_shown))
        self._pages.sort(key=lambda page: page.place)

    def ways(self, *, of: object) -> list[tuple[str, list[str]]]:
        """The URL name of each page of the thing `of`, and what leads there: the names of group, if any, and tab."""
        shown = [page for page in self._pages if page.is_shown(of)]
        return [(page.url_name, [str(name) for name in (page.group, page.name) if name]) for page in shown]

    def at(self, request: PortalRequest, *, of: object, named: list[Any]) -> list[Tab]:
        """The tabs of the thing `of` that open to whoever asks. Their addresses are made from `named`.

        The page asked for is the current one, or the one that it is below.
        """
        shown = [page for page in self._pages if page.is_shown(of) and may_open(request, page.url_name)]
        placed = [(page, reverse(f"portal:{page.url_name}", args=named)) for page in shown]
        current = max((url for _, url in placed if request.path.startswith(url)), key=len, default="")
        return [Tab(str(page.name), url, url == current, str(page.group)) for page, url in placed]


SETTINGS_TABS, LOG_TABS = TabBar(), TabBar()
# The groups of a tenant's settings that several pages belong to; a page in none is one by itself.
TENANT, MESSAGES, SECURITY, ISSUER = _("Tenant"), _("Messages"), _("Security"), _("Issuer")
