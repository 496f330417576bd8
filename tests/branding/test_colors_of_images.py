"""The colours of uploaded images, looked at in the file that customers' browsers load."""

import io
import struct

import pytest
from PIL import Image, ImageCms

from branding.models import BrandingImage
from branding.pictures.encoding import PreparedImage
from branding.pictures.images import LIMITS, prepare_image
from tests.branding.pictures import transparent_picture, upload

Kind = BrandingImage.Kind


def prepared(image: Image.Image, kind_of_file: str = "PNG", **options: object) -> PreparedImage:
    target = io.BytesIO()
    image.save(target, kind_of_file, **options)
    return prepare_image(upload(target.getvalue()), LIMITS[Kind.BACKGROUND])


def built(image: PreparedImage) -> Image.Image:
    return Image.open(io.BytesIO(image.content))


def swapped_profile() -> bytes:
    """sRGB with its red and its blue primary exchanged: what it calls red is blue."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"\0tmp", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"\0tmp", b"bXYZ", 1)


@pytest.mark.parametrize("value", [0, 1000, 0x8080, 0xFFFF])
def test_grey_of_sixteen_bits_keeps_its_shade(value: int) -> None:
    image = Image.frombytes("I;16", (4, 4), struct.pack("<H", value) * 16)

    shown = built(prepared(image)).convert("RGB").getpixel((1, 1))

    assert shown == pytest.approx((value / 257,) * 3, abs=1)


def test_what_is_transparent_in_sixteen_bits_stays_so() -> None:
    image = Image.frombytes("I;16", (2, 1), struct.pack("<HH", 0x8080, 0x8081))

    shown = built(prepared(image, transparency=0x8080)).convert("RGBA")

    assert shown.getchannel("A").tobytes() == bytes([0, 255])


@pytest.mark.parametrize("kind_of_file", ["PNG", "JPEG"])
def test_a_colour_profile_is_converted_and_left_out(kind_of_file: str) -> None:
    image = Image.new("RGB", (16, 16), (255, 0, 0))

    shown = built(prepared(image, kind_of_file, icc_profile=swapped_profile()))

    assert shown.convert("RGB").getpixel((8, 8)) == pytest.approx((0, 0, 255), abs=6)
    assert "icc_profile" not in shown.info


def test_a_profile_leaves_transparency_alone() -> None:
    shown = built(prepared(Image.new("RGBA", (4, 4), (255, 0, 0, 77)), icc_profile=swapped_profile()))

    assert shown.convert("RGBA").getpixel((1, 1)) == pytest.approx((0, 0, 255, 77), abs=6)


@pytest.mark.parametrize("profile", [b"x", b"\0" * 128, swapped_profile()[:200]])
def test_a_profile_that_cannot_be_read_changes_nothing(profile: bytes) -> None:
    shown = built(prepared(Image.new("RGB", (4, 4), (10, 200, 30)), icc_profile=profile))

    assert shown.convert("RGB").getpixel((1, 1)) == (10, 200, 30)


@pytest.mark.parametrize(
    ("color", "is_lost"),
    [((18, 30, 26, 255), True), ((255, 255, 255, 255), False), ((0, 0, 0, 20), False), ((230, 60, 60, 255), False)],
)
def test_a_dark_logo_without_a_ground_is_known(color: tuple[int, int, int, int], is_lost: bool) -> None:
    image = prepare_image(upload(transparent_picture(20, 10, color=color)), LIMITS[Kind.BANNER_LOGO])

    assert image.is_dark is is_lost


def test_a_dark_logo_with_a_ground_of_its_own_needs_no_other() -> None:
    assert prepared(Image.new("RGB", (20, 10), (0, 0, 0))).is_dark is False
