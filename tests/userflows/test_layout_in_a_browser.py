"""Nothing on a page moves while it comes, and a logo stays where it is from step to step."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.branding.pictures import picture, upload
from tests.cast import PASSWORD
from tests.screens import DESK, PHONE, wait_until
from tests.userflows.customer import new_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "new@acme.example"
PICTURES_TAKE = 300
"""Milliseconds."""
# What a browser counts as Cumulative Layout Shift (Layout Instability API, section 2), by what has moved.
NOTE_SHIFTS = """
window.moved = [];
new PerformanceObserver((list) => {
    const moved = list.getEntries().flatMap((entry) => entry.sources);
    window.moved.push(...moved.map(({ node }) => node?.outerHTML ?? node?.textContent ?? "gone"));
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_moves_on_sign_up_code_and_ending(
    acme: Tenant, open_page: Callable[..., Page], size: dict[str, int]
) -> None:
    pictures = {
        BrandingImage.Kind.BANNER_LOGO: upload(picture(160, 36)),
        BrandingImage.Kind.BACKGROUND: upload(picture(640, 360, kind="JPEG")),
    }
    brand(acme, images=pictures)
    page = open_page("/t/acme/signed-out/", viewport=size)
    page.add_init_script(NOTE_SHIFTS)
    page.route("**/images/*", _late)
    logos = []

    def look() -> None:
        wait_until(page, "[...document.images].every((image) => image.complete)")
        assert page.evaluate("window.moved") == [], page.url
        logos.append(page.locator(".brand img").bounding_box())

    page.goto("/t/acme/sign-up/")
    look()
    page.locator("#email").fill(NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    look()
    page.locator("#code").fill(new_code(acme, NEW))
    page.keyboard.press("Enter")
    page.locator("#password").wait_for()
    look()
    page.locator("#password").fill(PASSWORD)
    page.locator("#givenName").fill("Nora")
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/acme/profile/")
    page.goto("/t/acme/signed-out/")
    look()

    assert all(logo == logos[0] for logo in logos)


def test_a_page_is_seen_when_its_end_has_come(acme: Tenant, open_page: Callable[..., Page]) -> None:
    """What stands in the middle moves aside while more of it comes, in a browser too slow to read all of it at once."""
    page = open_page("/t/acme/sign-in/")
    expect(page.locator("h1")).to_be_visible()
    page.evaluate("document.getElementById('end').remove()")
    expect(page.locator("h1")).to_be_hidden()


def _late(route: Route) -> None:
    """A picture that takes its time."""
    route.request.frame.page.wait_for_timeout(PICTURES_TAKE)
    route.continue_()
