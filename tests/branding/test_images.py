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
from tests.branding.pictures import bomb, chunk, noise, picture, scanned_again, upload

Kind = BrandingImage.Kind
CANARY = b"CANARY-4711"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
UNREADABLE = "This isn’t a PNG or JPEG image that can be read. Save it anew as PNG or JPEG."


def prepare(content: bytes, kind: Kind = Kind.BACKGROUND, **names: str) -> Any:
    return prepare_image(upload(content, **names), LIMITS[kind])


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(("kind_of_file", "content_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_an_image_of_the_largest_size_is_fine(kind: Any, kind_of_file: str, content_type: str) -> None:
    limits = LIMITS[kind]

    image = prepare(picture(limits.width, limits.height, kind=kind_of_file), kind)

    assert (image.content_type, image.width, image.height) == (content_type, limits.width, limits.height)
    assert len(image.content) <= limits.size
    assert Image.open(io.BytesIO(image.content)).size == (limits.width, limits.height)


@pytest.mark.parametrize(
    ("kind", "size", "message"),
    [
        (Kind.BANNER_LOGO, (300, 80), "The image is 300×80 pixels; a banner logo can be at most 245×36."),
        (Kind.FAVICON, (33, 32), "The image is 33×32 pixels; a favicon can be at most 32×32."),
        (Kind.BACKGROUND, (1, 1081), "The image is 1×1081 pixels; a background image can be at most 1920×1080."),
    ],
)
def test_too_many_pixels_are_told_in_numbers(kind: Any, size: Any, message: str) -> None:
    with pytest.raises(ImageRefused, match=message):
        prepare(picture(*size), kind)


def test_too_many_bytes_are_told_in_numbers() -> None:
    with pytest.raises(ImageRefused, match=r"The file has 51 KB; a banner logo can have at most 50 KB\."):
        prepare(picture(20, 20) + bytes(50 * 1024), Kind.BANNER_LOGO)


@pytest.mark.parametrize("side", [9_000, 13_000, 20_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_by_its_header_alone(side: int) -> None:
    content = bomb(side, side)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    with pytest.raises(ImageRefused, match="pixels; a background image can be at most 1920×1080"):
        prepare(content)

    assert time.process_time() - began < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024  # kilobytes


def test_a_jpeg_of_thousands_of_scans_is_refused_before_it_costs_anything() -> None:
    content = scanned_again(1920, 1080, times=9_000)
    assert len(content) <= 300 * 1024
    began = time.process_time()

    with pytest.raises(ImageRefused, match="The image is stored in more than 32 scans"):
        prepare(content)

    assert time.process_time() - began < 0.1
    assert prepare(scanned_again(1920, 1080, times=20)).width == 1920


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1)])
def test_one_long_side_is_too_much(size: Any) -> None:
    with pytest.raises(ImageRefused, match="pixels"):
        prepare(bomb(*size))


@pytest.mark.parametrize(
    "content",
    [
        SVG,
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
        picture(20, 20, kind="WEBP"),
    ],
)
def test_what_isnt_a_whole_png_or_jpeg_is_refused_whatever_it_is_called(content: Any) -> None:
    with pytest.raises(ImageRefused, match=UNREADABLE):
        prepare(content, name="logo.png", content_type="image/png")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\x.svg", "a\nb.png", '".html', "x" * 300, ".png.html", "\u202egnp.x"]
)
def test_the_files_name_and_claimed_type_mean_nothing(name: str) -> None:
    image = prepare(picture(20, 20), name=name, content_type="text/html")

    assert image.content_type == "image/png"


def test_nothing_but_the_picture_survives() -> None:
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
        assert CANARY not in prepare(content).content
        assert b"<script>" not in prepare(content).content


def test_of_an_animation_the_first_frame_is_left() -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in ("#ff0000", "#00ff00", "#0000ff")]
    target = io.BytesIO()
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])

    image = Image.open(io.BytesIO(prepare(target.getvalue()).content))

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_a_photo_held_on_its_side_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    image = prepare(picture(36, 245, kind="JPEG", exif=exif), Kind.BANNER_LOGO)

    assert (image.width, image.height) == (245, 36)


def test_transparency_stays() -> None:
    image = prepare(picture(20, 20, mode="RGBA", color="#00000000"))

    assert Image.open(io.BytesIO(image.content)).convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_every_way_to_keep_colours_can_be_read(mode: str) -> None:
    target = io.BytesIO()
    Image.new(mode, (20, 20)).save(target, "PNG")

    assert prepare(target.getvalue()).width == 20


def test_a_picture_that_grows_by_encoding_is_encoded_more_coarsely() -> None:
    source = noise(1100, 700, kind="JPEG", quality=20)
    assert 150 * 1024 < len(source) <= 300 * 1024

    assert len(prepare(source).content) <= 300 * 1024


def test_broken_files_are_refused_and_never_worse() -> None:
    chance = random.Random(4711)  # noqa: S311 - the same files in each run
    originals = [picture(64, 48), picture(64, 48, kind="JPEG"), noise(40, 30), noise(40, 30, kind="JPEG")]
    for _ in range(1_500):
        content = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            image = prepare(bytes(content[: chance.randint(1, len(content))] if chance.random() < 0.3 else content))
        except ImageRefused:
            continue
        assert image.width <= 1920
        assert image.height <= 1080
