"""Pages come compressed, except where their length would tell somebody else what stands in them."""

import gzip
import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from branding.look import look_for
from branding.models import BrandingImage
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.branding.pictures import DRAWING, picture_of_a_hill, upload
from tests.browser import Browser

# In bytes, with all that the first page loads, up to 100 of chance included, against guesses by length.
FIRST_VISIT = 13_800
WITH_A_PICTURE = 60_000
SEARCH = "/tenants/acme/applications/?search=Book"


def fetched(browser: Browser, path: str, **headers: str) -> Any:
    return browser.get(path, headers={"accept-encoding": "gzip, br", **headers}, follow=True)


def length_on_the_wire(answer: Any) -> int:
    return len(b"".join(answer)) if answer.streaming else len(answer.content)


@pytest.mark.parametrize("cause", ["none", "cross-site"])
def test_a_first_visit_weighs_little(acme_browser: Browser, home: Tenant, cause: str) -> None:
    """Whether an address was typed or an application led here: nobody is signed in yet."""
    page = fetched(acme_browser, "/sign-in/", **{"sec-fetch-site": cause})
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    html = gzip.decompress(page.content).decode()
    loads = re.findall(r'(?:<link rel="(?:stylesheet|icon)" href|<script type="module" src)="([^"]+)"', html)
    assert len(loads) >= 4

    weight = length_on_the_wire(page)
    for address in loads:
        # What all tenants share stands outside of their own addresses.
        answer = fetched(Browser(home) if address.startswith("/static/") else acme_browser, address)
        assert answer.status_code == 200, address
        weight += length_on_the_wire(answer)
    assert weight < FIRST_VISIT


def test_a_first_visit_weighs_little_with_a_photograph_and_a_logo(acme: Tenant, acme_browser: Browser) -> None:
    kinds = BrandingImage.Kind
    pictures = {kinds.BACKGROUND: upload(picture_of_a_hill(2400, 1500)), kinds.BANNER_LOGO: upload(DRAWING, "logo.svg")}
    brand(acme, corner_radius="large", font="serif", surface_color="#fff8f5", images=pictures)
    forget_everything()
    with tenant_context(acme):
        look = look_for("en")

    loaded = [fetched(acme_browser, url, accept="image/webp") for url in (look.background_url, look.logo_url)]

    assert all(answer["Content-Type"] == "image/webp" for answer in loaded)
    assert FIRST_VISIT + sum(length_on_the_wire(answer) for answer in loaded) < WITH_A_PICTURE


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
