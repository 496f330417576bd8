"""An SVG is drawn as it is uploaded: what customers load are pixels, whatever else stood in the file."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from branding.errors import ImageRefused
from branding.models import BrandingImage
from branding.pictures.drawings import harmless
from branding.pictures.images import LIMITS, prepare_image
from tests.branding.pictures import DRAWING, picture, upload

Kind = BrandingImage.Kind
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED, BLUE = (255, 0, 0), (0, 0, 255)


def drawing(inside: str, *, before: str = "", size: str = 'viewBox="0 0 100 50"') -> bytes:
    return f"{before}<svg {NAMESPACES} {size}>{inside}</svg>".encode()


def prepared(content: bytes, kind: Kind = Kind.BANNER_LOGO) -> Any:
    return prepare_image(upload(content, "logo.svg", "image/svg+xml"), LIMITS[kind])


def pixel(content: bytes) -> Any:
    """What is seen in the middle, over a blue ground."""
    ground = '<rect width="100" height="50" fill="#0000ff"/>'
    image = prepared(content.replace(b"<!--ground-->", ground.encode()))
    shown = Image.open(io.BytesIO(image.content)).convert("RGB")
    return shown.getpixel((shown.width // 2, shown.height // 2))


def test_a_drawing_that_is_to_be_stretched_has_the_shape_that_it_is_stretched_to() -> None:
    stretched = 'viewBox="0 0 100 100" width="300" height="30" preserveAspectRatio="none"'

    image = prepared(drawing('<rect width="100" height="100" fill="#ff0000"/>', size=stretched))

    assert image.width == 10 * image.height
    shown = Image.open(io.BytesIO(image.content)).convert("RGB")
    assert {shown.getpixel((x, shown.height // 2)) for x in (0, shown.width - 1)} == {RED}


@pytest.mark.parametrize("size", ['viewBox="0 0 4000 1000"', 'width="40" height="10"', 'width="4in" height="1in"'])
def test_a_drawing_is_as_sharp_as_pages_need_whatever_its_own_size(size: str) -> None:
    image = prepared(drawing('<rect width="4000" height="1000" fill="#ff0000"/>', size=size))

    assert (image.content_type, image.width, image.height) == ("image/png", 960, 240)
    assert image.palette == ("#ff0000",)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect width="1" height="1" onload="alert(1)"/>',
        '<foreignObject width="100" height="50"><p xmlns="http://www.w3.org/1999/xhtml">CANARY</p></foreignObject>',
        '<a xlink:href="javascript:alert(1)"><rect width="1" height="1"/></a>',
        "<animate attributeName='x' values='1'/>",
        "<metadata>CANARY</metadata><!-- CANARY -->",
    ],
)
def test_b01_what_would_run_in_a_browser_is_gone(inside: str) -> None:
    image = prepared(drawing(f'<rect width="100" height="50" fill="#ff0000"/>{inside}'))

    for content in (image.content, image.webp):
        assert not any(word in content for word in (b"script", b"CANARY", b"svg", b"alert"))


@pytest.mark.parametrize("name", ["href", "xlink:href"])
@pytest.mark.parametrize("element", ["image", "use", "feImage"])
def test_b01_no_file_of_the_servers_is_drawn(tmp_path: Path, name: str, element: str) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture(100, 50, color="#ff0000"))
    for address in (str(secret), f"file://{secret}", secret.name, " " + str(secret)):
        asked = f'<!--ground--><{element} {name}="{address}" width="100" height="50"/>'
        assert pixel(drawing(asked)) == BLUE


def test_a_picture_that_comes_inside_of_the_drawing_is_drawn() -> None:
    inside = base64.b64encode(picture(100, 50, color="#ff0000")).decode()
    for kind, seen in (("png", RED), ("svg+xml", BLUE), ("gif", BLUE)):
        asked = f'<!--ground--><image href="data:image/{kind};base64,{inside}" width="100" height="50"/>'
        assert pixel(drawing(asked)) == seen


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg SYSTEM "http://evil.example/svg.dtd" [<!ENTITY x "y">]>',
        '<!DOCTYPE svg [<!ENTITY a "xxxxxxxxxx">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(9))
        + '<!ENTITY x "&j;">]>',
    ],
)
def test_b01_entities_open_no_file_and_fill_no_memory(before: str) -> None:
    content = drawing('<rect width="100" height="50" fill="#ff0000"/><desc>&x;</desc>', before=before)
    try:
        image = prepared(content)
    except ImageRefused:
        return
    assert b"root:" not in image.content


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (drawing("<text>Acme</text>"), "Convert the text to paths"),
        (drawing('<rect width="9" height="9"/>', size=""), "how large it is"),
        (drawing("", size='viewBox="0 0 0 0"'), "how large it is"),
        (drawing("", size='viewBox="0 0 nan 1"'), "how large it is"),
        (drawing("", size='width="1e9" height="1"'), "how large it is"),
        (DRAWING[:-20], "can be read"),
        (b"<svg><rect/></svg>", "can be read"),
        (b"<?xml version='1.0'?><html/>", "can be read"),
    ],
)
def test_what_cannot_be_drawn_is_said(content: bytes, told: str) -> None:
    with pytest.raises(ImageRefused, match=told):
        prepared(content)


def test_nothing_is_left_that_isnt_on_the_list() -> None:
    kept = harmless(drawing('<g id="a"><rect width="9" height="9"/></g><use href="#a"/><blink/><set to="1"/>'))

    assert [element.tag.rpartition("}")[2] for element in kept.iter()] == ["svg", "g", "rect", "use"]
    assert kept[1].get("href") == "#a"
