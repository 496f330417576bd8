"""A list of the portal from its first page to its last."""

from collections.abc import Iterator
from typing import Any

from portal_frame.lists import ListPage
from tests.browser import Browser


def pages(browser: Browser, url: str) -> Iterator[ListPage[Any]]:
    """Each page, by the way that the one before it shows."""
    while url:
        page = browser.get(url).context["page"]
        yield page
        url = page.next_url
