"""Pages come compressed, except where their length would tell somebody else what stands in them."""

import gzip
import re
from typing import Any

import pytest

from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.branding.pictures import DRAWING, picture_of_a_hill, upload
from tests.browser import Browser

# In bytes, with all that the first page loads, up to 100 of chance included, against guesses by length.
FIRST_VISIT = 15_700
FIRST_VISIT_WITH_PICTURES = 60_000
LOADED = re.compile(r'(?:<link rel="(?:stylesheet|icon)" href|<script type="module" src|<img src)="([^"]+)"')
SEARCH = "/tenants/acme/applications/?search=Book"


def fetched(browser: Browser, path: str, **headers: str) -> Any:
    return browser.get(path, headers={"accept-encoding": "gzip, br", **headers}, follow=True)


def length_on_the_wire(answer: Any) -> int:
    return len(b"".join(answer)) if answer.streaming else len(answer.content)


def weight_of_first_visit(browser: Browser, home: Tenant, *, cause: str = "none") -> int:
    """In bytes, of the sign-in page and all that it loads, pictures included."""
    page = fetched(browser, "/sign-in/", **{"sec-fetch-site": cause})
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    loads = LOADED.findall(gzip.decompress(page.content).decode())
    assert len(loads) >= 4

    weight = length_on_the_wire(page)
    for address in loads:
        # What all tenants share stands outside of their own addresses.
        answer = fetched(Browser(home) if address.startswith("/static/") else browser, address, accept="image/webp")
        assert answer.status_code == 200, address
        weight += length_on_the_wire(answer)
        if answer["Content-Type"].startswith("text/css") and not answer.streaming:
            css = gzip.decompress(answer.content) if "Content-Encoding" in answer else answer.content
            loads += dict.fromkeys(re.findall(r'url\("(/[^"]+)"\)', css.decode()))
    return weight


@pytest.mark.parametrize("cause", ["none", "cross-site"])
def test_a_first_visit_weighs_little(acme_browser: Browser, home: Tenant, cause: str) -> None:
    """Whether an address was typed or an application led here: nobody is signed in yet."""
    assert weight_of_first_visit(acme_browser, home, cause=cause) < FIRST_VISIT


def test_a_first_visit_with_a_photograph_and_a_logo_is_a_light_one(
    acme: Tenant, acme_browser: Browser, home: Tenant
) -> None:
    kinds, photograph = BrandingImage.Kind, picture_of_a_hill(2400, 1600)
    pictures = {kinds.BACKGROUND: upload(photograph), kinds.BANNER_LOGO: upload(DRAWING, "logo.svg")}
    brand(acme, corner_radius="large", font="serif", surface_color="#fff8f5", images=pictures)

    weight = weight_of_first_visit(acme_browser, home)

    assert len(photograph) > FIRST_VISIT_WITH_PICTURES
    assert FIRST_VISIT < weight < FIRST_VISIT_WITH_PICTURES


def test_the_portals_styles_come_compressed(ada_portal: Browser) -> None:
    answer = fetched(ada_portal, "/static/vendor/tabler/tabler.min.css", **{"sec-fetch-site": "same-origin"})
    content = b"".join(answer)
    assert answer["Content-Encoding"] == "gzip"
    assert len(content) * 3 < len(gzip.decompress(content))


@pytest.mark.parametrize(
    ("cause", "is_compressed"), [("none", True), ("same-origin", True), ("same-site", False), ("cross-site", False)]
)
def test_p27_another_site_cannot_measure_what_stands_beside_its_guesses(
    ada_portal: Browser, cause: str, *, is_compressed: bool
) -> None:
    answer = fetched(ada_portal, SEARCH, **{"sec-fetch-site": cause})
    assert answer.status_code == 200
    assert ("Content-Encoding" in answer) is is_compressed


def test_p27_a_browser_that_does_not_say_who_asked_gets_it_plain(ada_portal: Browser) -> None:
    assert "Content-Encoding" not in fetched(ada_portal, SEARCH)


def test_p27_the_same_page_is_not_twice_as_long(ada_portal: Browser) -> None:
    lengths = {length_on_the_wire(fetched(ada_portal, SEARCH, **{"sec-fetch-site": "same-origin"})) for _ in range(8)}
    assert len(lengths) > 1


def test_documents_for_machines_stay_as_they_are_kept(acme_browser: Browser) -> None:
    """One answer is kept for all who ask, whatever they can read."""
    assert "Content-Encoding" not in fetched(acme_browser, "/oidc/.well-known/openid-configuration")
