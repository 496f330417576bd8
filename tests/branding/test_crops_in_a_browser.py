"""Ada chooses the part of a picture on a phone: by keyboard alone, and under her finger."""

import io
from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from branding.looks.crops import Crop
from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import DEFAULT
from tests.branding.pictures import flag
from tests.screens import PHONE, check_in_every_look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_ada_chooses_the_part_that_is_shown_before_she_saves_and_afterwards(
    acme: Tenant, open_portal: Callable[..., Page]
) -> None:
    page = open_portal(viewport=PHONE)
    page.goto(DEFAULT)
    page.locator("[name=preview_page]").select_option("consent")
    crop = page.locator("[data-crop]").filter(has=page.locator("[name=square_logo_crop_shown]"))
    shown = page.frame_locator(".preview iframe:not(.is-coming)").locator("img[src^='data:image/png']")
    expect(crop).to_be_hidden()
    content = with_margin(flag("#ff0000", "#00ff00", "#0000ff"))
    file: FilePayload = {"name": "flag.png", "mimeType": "image/png", "buffer": content}
    page.locator("#id_square_logo").set_input_files([file])

    crop.get_by_label("Whole", exact=True).press("ArrowRight")
    # Below it is a margin that nobody sees, and that is cut off first.
    assert crop.locator(".crop-stage img").evaluate("(image) => image.naturalWidth / image.naturalHeight") == 3
    across = crop.get_by_label("From left to right")
    across.press("End")
    expect(crop.get_by_label("From top to bottom")).to_be_hidden()
    expect(shown.first).to_be_visible()
    part, stage = crop.locator(".crop-part"), crop.locator(".crop-stage img")
    assert right_edge(part) == pytest.approx(right_edge(stage), abs=1.5)
    crop.get_by_label("Size of the part").press("Home")
    crop.get_by_label("From top to bottom").press("Home")
    page.get_by_role("button", name="Save draft").press("Enter")
    expect(page.get_by_text("The draft is saved: Default.")).to_be_visible()
    assert saved(acme) == Crop(100, 0, 20)

    page.wait_for_load_state()
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] - 1000, box["y"] + 1000)
    page.mouse.up()
    expect(across).to_have_value("0")
    page.get_by_role("button", name="Save draft").press("Enter")
    expect(page.get_by_text("The draft is saved: Default.")).to_be_visible()
    assert saved(acme) == Crop(0, 100, 20)
    check_in_every_look(page)


def with_margin(content: bytes) -> bytes:
    """The picture with as much of nothing below it as it is wide."""
    image = Image.open(io.BytesIO(content))
    larger = Image.new("RGBA", (image.width, image.width + image.height))
    larger.paste(image)
    target = io.BytesIO()
    larger.save(target, "PNG")
    return target.getvalue()


def right_edge(of: Locator) -> float:
    box = of.bounding_box()
    assert box
    return box["x"] + box["width"]


def saved(acme: Tenant) -> Crop | None:
    with tenant_context(acme):
        return BrandingImage.objects.get(kind=BrandingImage.Kind.SQUARE_LOGO, branding__isnull=False).part
