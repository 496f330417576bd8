"""Pages as they stand on a screen: the two sizes looked at, and what may be wrong with none."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

DESK: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
"""What 1280 pixels are at four times the size (WCAG 1.4.10)."""


def check(page: Page) -> None:
    """Nothing for axe to find, and nothing sticks out of the window."""
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def check_down_to_narrowest(page: Page) -> None:
    """`check`, and nothing sticks out of the narrowest window either."""
    check(page)
    before = page.viewport_size
    page.set_viewport_size(NARROWEST)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    if before:
        page.set_viewport_size(before)
