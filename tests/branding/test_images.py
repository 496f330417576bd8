"""Uploaded images: what is refused and in which words, and what is left of the rest."""

import io
import random
import resource
import time
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from branding.errors import ImageRefused
from branding.models import BrandingImage
from branding.pictures.images import LIMITS, prepare_image
from tests.branding.pictures import (
    DRAWING,
    bomb,
    chunk,
    noise,
    picture,
    picture_of_a_hill,
    scanned_again,
    transparent_picture,
    upload,
)

Kind = BrandingImage.Kind
END = chunk(b"IEND", b"")
CANARY = b"CANARY-4711"
PICTURES_OF_FIRST_VISIT = 44_000
"""In bytes: what 60 KB leave beside a page with its style sheets and scripts."""
UNREADABLE = "This isn’t a PNG, JPEG, WebP or SVG image that can be read. Save it again as one of these."


def prepare(content: bytes, kind: Kind = Kind.BACKGROUND, **names: str) -> Any:
    return prepare_image(upload(content, **names), LIMITS[kind])


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("kind_of_file", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(2400, 1600), (1000, 50), (50, 1000), (20, 20)])
def test_b27_an_image_of_any_shape_and_place_is_scaled_to_what_pages_need(
    kind: Any, kind_of_file: str, size: Any
) -> None:
    limits = LIMITS[kind]

    image = prepare(picture(*size, kind=kind_of_file), kind)

    assert image.content_type == ("image/png" if kind_of_file == "PNG" or limits.is_square else "image/jpeg")
    shown = Image.open(io.BytesIO(image.content))
    assert shown.size == (image.width, image.height)
    assert image.width <= min(limits.width, max(size))
    assert image.height <= min(limits.height, max(size))
    if not limits.is_square:
        assert image.width / image.height == pytest.approx(size[0] / size[1], rel=0.1)
    assert Image.open(io.BytesIO(image.webp or image.content)).size == shown.size


def test_what_browsers_load_is_light() -> None:
    photograph = picture_of_a_hill(2600, 1700)

    image = prepare(photograph)

    assert len(image.webp) <= 28 * 1024
    assert (image.width, image.height) == (1781, 1165)
    assert Image.open(io.BytesIO(image.webp)).format == "WEBP"


def test_what_browsers_load_is_light_whatever_is_in_the_picture() -> None:
    kinds = (Kind.BACKGROUND, Kind.BANNER_LOGO, Kind.HEADER_LOGO, Kind.FAVICON)

    images = [prepare(noise(1200, 675, kind="JPEG", quality=60), kind) for kind in kinds]

    assert sum(len(image.webp or image.content) for image in images) < PICTURES_OF_FIRST_VISIT
    for image in images:
        width, height = Image.open(io.BytesIO(image.webp or image.content)).size
        assert width / height == pytest.approx(image.width / image.height, rel=0.05)


def test_too_many_bytes_are_told_in_numbers() -> None:
    with pytest.raises(ImageRefused, match=r"The file has 2,049 KB; an image can have at most 2,048 KB\."):
        prepare(picture(20, 20) + bytes(2 * 1024 * 1024), Kind.BANNER_LOGO)


def test_a_mark_loses_its_margin_and_a_favicon_becomes_square() -> None:
    logo = prepare(transparent_picture(400, 100, color=(200, 0, 0, 255)), Kind.BANNER_LOGO)
    favicon = prepare(transparent_picture(80, 20, color=(200, 0, 0, 255)), Kind.FAVICON)

    assert (logo.width, logo.height) == (200, 100)
    assert favicon.width == favicon.height == 40


def test_the_colours_of_a_logo_are_told() -> None:
    logo = Image.new("RGB", (200, 100), "#ffffff")
    logo.paste("#0f766e", (0, 0, 120, 100))
    logo.paste("#e11d48", (120, 0, 160, 100))
    content = io.BytesIO()
    logo.save(content, "PNG")

    assert prepare(content.getvalue(), Kind.BANNER_LOGO).palette == ("#0f766e", "#e11d48")


@pytest.mark.parametrize("side", [9_000, 13_000, 20_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_b03_a_bomb_is_refused_by_its_header_alone(side: int) -> None:
    content = bomb(side, side)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    with pytest.raises(ImageRefused, match="pixels"):
        prepare(content)

    assert time.process_time() - began < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024  # kilobytes


def test_a_jpeg_of_thousands_of_scans_is_refused_before_it_costs_anything() -> None:
    content = scanned_again(1920, 1080, times=9_000)
    assert len(content) <= 2 * 1024 * 1024
    began = time.process_time()

    with pytest.raises(ImageRefused, match="The image is stored in more than 32 scans"):
        prepare(content)

    assert time.process_time() - began < 0.1
    assert prepare(scanned_again(1920, 1080, times=20)).width == 1920


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1)])
def test_b04_one_long_side_is_too_much(size: Any) -> None:
    with pytest.raises(ImageRefused, match="pixels"):
        prepare(bomb(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;<script>alert(1)</script>",
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"8BPS\x00\x01",
        b"<html><script>alert(1)</script></html>",
        bomb(0, 5),
        picture(20, 20)[:60],
        picture(20, 20, kind="GIF"),
        picture(20, 20, kind="TIFF"),
        picture(20, 20, kind="BMP"),
        picture(20, 20, kind="ICO"),
    ],
)
def test_b05_what_isnt_a_whole_image_of_a_kind_we_read_is_refused_whatever_it_is_called(content: Any) -> None:
    with pytest.raises(ImageRefused, match=UNREADABLE):
        prepare(content, name="logo.png", content_type="image/png")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\x.svg", "a\nb.png", '".html', "x" * 300, ".png.html", "\u202egnp.x"]
)
def test_b08_b11_the_files_name_and_claimed_type_mean_nothing(name: str) -> None:
    image = prepare(picture(20, 20), name=name, content_type="text/html")

    assert image.content_type == "image/png"


def test_b02_b07_nothing_but_the_picture_survives() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", CANARY.decode())
    notes.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    png = picture(20, 20, pnginfo=notes, icc_profile=CANARY * 9)
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    jpeg = picture(20, 20, kind="JPEG", exif=exif, comment=CANARY)
    polyglot = picture(20, 20) + b"PK\x03\x04<script>" + CANARY
    hidden_chunk = png[:33] + chunk(b"prVt", CANARY) + png[33:]

    for content in (png, jpeg, polyglot, hidden_chunk):
        assert CANARY in content
        image = prepare(content)
        assert CANARY not in image.content + image.webp
        assert b"<script>" not in image.content + image.webp


@pytest.mark.parametrize("kind_of_file", ["PNG", "WEBP"])
def test_b09_of_an_animation_the_first_frame_is_left(kind_of_file: str) -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in ("#ff0000", "#00ff00", "#0000ff")]
    target = io.BytesIO()
    frames[0].save(target, kind_of_file, save_all=True, append_images=frames[1:], lossless=True)

    image = Image.open(io.BytesIO(prepare(target.getvalue()).content))

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((0, 0)) == pytest.approx((255, 0, 0), abs=3)


def test_a_photo_held_on_its_side_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    image = prepare(picture(360, 2450, kind="JPEG", exif=exif), Kind.BANNER_LOGO)

    assert (image.width, image.height) == (960, 141)


def test_a_png_held_on_its_side_stands_upright() -> None:
    """As browsers show it; one that says so behind its pixels is shown as they are."""
    turned = Image.Exif()
    turned[0x0112] = 6
    content = picture(200, 100, exif=turned)
    of_png = chunk(b"eXIf", turned.tobytes().removeprefix(b"Exif\0\0"))
    assert of_png in content

    before, after = prepare(content), prepare(content.replace(of_png, b"").replace(END, of_png + END))

    assert (before.width, before.height) == (100, 200)
    assert (after.width, after.height) == (200, 100)


def test_a_logo_that_was_stored_without_loss_stays_as_it_is() -> None:
    flat = prepare(
        picture(300, 100, color="#ff0101", kind="WEBP", lossless=True, icc_profile=bytes(7)), Kind.BANNER_LOGO
    )

    for content in (flat.content, flat.webp or flat.content):
        assert Image.open(io.BytesIO(content)).convert("RGB").getpixel((9, 9)) == (255, 1, 1)


def test_transparency_stays() -> None:
    image = prepare(picture(20, 20, mode="RGBA", color="#00000000"))

    assert Image.open(io.BytesIO(image.content)).convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_every_way_to_keep_colours_can_be_read(mode: str) -> None:
    target = io.BytesIO()
    Image.new(mode, (20, 20)).save(target, "PNG")

    assert prepare(target.getvalue()).width == 20


def test_a_picture_that_hardly_gets_smaller_is_stored_smaller_rather_than_refused() -> None:
    for source in (noise(1100, 700, kind="JPEG", quality=20), noise(800, 500)):
        image = prepare(source)
        assert len(image.content) <= 300 * 1024
        assert image.width >= 400


def test_b06_broken_files_are_refused_and_never_worse() -> None:
    chance = random.Random(4711)  # noqa: S311 - the same files in each run
    originals = [picture(64, 48), noise(40, 30), noise(40, 30, kind="JPEG"), noise(40, 30, kind="WEBP"), DRAWING]
    for _ in range(1_000):
        content = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            image = prepare(bytes(content[: chance.randint(1, len(content))] if chance.random() < 0.3 else content))
        except ImageRefused:
            continue
        assert max(image.width, image.height) <= 1920
