"""Looks as browsers draw them: whatever is chosen, pages can be used and read, and nothing jumps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.branding.pictures import DRAWING, transparent_picture, upload
from tests.screens import DESK, NARROWEST, check_in_every_look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RED = "#c4302b"
SHIFTS = """() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const each of list.getEntries()) sum += each.value; })
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 100);
})"""
BOLD = {
    "corner_radius": "full",
    "spacing": "spacious",
    "font": "rounded",
    "button_style": "raised",
    "input_style": "filled",
    "logo_placement": "center",
    "logo_size": "large",
}
STRICT = {
    "corner_radius": "none",
    "spacing": "compact",
    "font": "serif",
    "button_style": "outlined",
    "input_style": "underlined",
    "logo_size": "small",
}


@pytest.mark.parametrize(("choices", "radius", "height"), [(BOLD, "28px", "54px"), (STRICT, "0px", "44px")])
def test_a_page_of_every_look_can_be_used(
    acme: Tenant, open_page: Callable[..., Page], choices: dict[str, str], radius: str, height: str
) -> None:
    logo = {BrandingImage.Kind.BANNER_LOGO: upload(DRAWING, "logo.svg")}
    brand(acme, accent_color=RED, surface_color="#fff8f5", dark_surface_color="#241a1c", images=logo, **choices)
    page = open_page("/t/acme/sign-in/", viewport=DESK)

    button, box = page.locator("button.primary"), page.locator("#email")
    expect(button).to_have_css("border-radius", radius)
    expect(button).to_have_css("min-height", height)
    expect(page.locator(".card")).to_have_css("background-color", "rgb(255, 248, 245)")
    assert page.locator(".brand img").evaluate("img => img.naturalWidth >= 2 * img.clientWidth")
    assert page.evaluate(SHIFTS) == 0
    box.focus()
    # In the brand's red it would look like an error.
    expect(box).to_have_css("outline-color", "rgb(22, 24, 29)")
    check_in_every_look(page)


def test_dark_pages_have_the_logo_made_for_them(acme: Tenant, open_page: Callable[..., Page]) -> None:
    light = upload(DRAWING, "logo.svg")
    dark = upload(DRAWING.replace(b"#0f766e", b"#99f6e4").replace(b'width="400"', b'width="200"'), "dark.svg")
    kinds = BrandingImage.Kind
    brand(acme, dark_accent_color="#99f6e4", images={kinds.BANNER_LOGO: light, kinds.BANNER_LOGO_DARK: dark})

    widths = []
    for scheme in ("light", "dark"):
        page = open_page("/t/acme/sign-in/", color_scheme=scheme)
        logo = page.locator(".brand img")
        expect(logo).to_have_js_property("complete", True)
        widths.append(logo.evaluate("img => [img.currentSrc, img.clientWidth, img.clientHeight]"))
        assert page.evaluate(SHIFTS) == 0
    expect(page.locator("button.primary")).to_have_css("background-color", "rgb(153, 246, 228)")
    (one, *light_size), (other, *dark_size) = widths
    assert one != other
    assert (light_size, dark_size) == ([155, 39], [110, 55])


def test_a_plate_stands_behind_the_logo_light_and_dark_and_no_wider_than_the_page(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    white = upload(transparent_picture(1920, 120, color=(255, 255, 255, 255)))
    colors = {"logo_background_color": RED, "dark_logo_background_color": "#0b3d2e"}
    brand(acme, logo_size="large", images={BrandingImage.Kind.BANNER_LOGO: white}, **colors)

    for scheme, shown in (("light", "rgb(196, 48, 43)"), ("dark", "rgb(11, 61, 46)")):
        page = open_page("/t/acme/sign-in/", viewport=NARROWEST, color_scheme=scheme)
        logo = page.locator(".brand img")
        expect(logo).to_have_css("background-color", shown)
        assert logo.evaluate("img => img.offsetWidth <= img.closest('.brand').clientWidth && img.offsetHeight < 60")
        assert page.evaluate(SHIFTS) == 0
