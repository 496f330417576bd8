"""The pixels of an upload as browsers shall show them: upright, eight bits a channel, in sRGB, and nothing else."""

import io
from collections.abc import Callable

from PIL import Image, ImageCms, ImageOps

from branding.policies import DARK_SURFACE, VISIBLE, contrast

# Modes in which Pillow holds grey of sixteen bits. Its own conversion would cut off all that is above 255.
_SIXTEEN_BITS = {"I;16", "I;16B", "I;16L", "I"}
_SIXTEEN_BIT_VALUES = 65536
# Which pixels a profile speaks of, by the colour space in its header (ICC.1:2022 section 7.2.8).
_MODE_OF_SPACE = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_OPAQUE = 128
_TURNED_ON_ITS_SIDE = {5, 6, 7, 8}
_ORIENTATION = 0x0112
_UPRIGHT = 1
# Scaled as they come, so that nothing else is done with sixteen million pixels; the rest once they are in these.
_SCALED_AT_ONCE = {"L", "LA", "RGB", "RGBA", "CMYK"}

Box = Callable[[float, float], tuple[int, int]]


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Its width and height as it is to be seen, by its header."""
    width, height = image.size
    return (height, width) if _is_turned(image) else (width, height)


def shown_pixels(image: Image.Image, box: Box) -> Image.Image:
    """The first frame alone, as RGB or, if anything in it is transparent, RGBA; `box` says how large."""
    image.seek(0)
    size, orientation = box(*upright_size(image)), _orientation_of(image)
    if image.mode in _SCALED_AT_ONCE:
        image.thumbnail(size[::-1] if orientation in _TURNED_ON_ITS_SIDE else size, Image.Resampling.LANCZOS)
    upright = image if orientation == _UPRIGHT else ImageOps.exif_transpose(image)
    opacity = _opacity_of(upright)
    pixels = _in_srgb(_in_eight_bits(upright), image.info.get("icc_profile"))
    bare = Image.new("RGB", pixels.size)
    bare.paste(pixels)
    if opacity:
        bare.putalpha(opacity)
    bare.thumbnail(size, Image.Resampling.LANCZOS)
    return bare


def trimmed(pixels: Image.Image) -> Image.Image:
    """Without the transparent margin, so that a mark is as large as it looks."""
    seen = pixels.getchannel("A").getbbox() if pixels.mode == "RGBA" else None
    return pixels.crop(seen) if seen else pixels


def squared(pixels: Image.Image) -> Image.Image:
    """In the middle of a square, of which the rest is transparent."""
    side = max(pixels.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(pixels, ((side - pixels.width) // 2, (side - pixels.height) // 2))
    return square


def _is_turned(image: Image.Image) -> bool:
    return _orientation_of(image) in _TURNED_ON_ITS_SIDE


def _orientation_of(image: Image.Image) -> int:
    """From 1, upright, to 8 (Exif). Of a PNG only what stands before its pixels: looking behind would decode them."""
    if image.format == "PNG" and "exif" not in image.info:
        return _UPRIGHT
    return int(image.getexif().get(_ORIENTATION, _UPRIGHT))


def is_lost_on_dark(pixels: Image.Image) -> bool:
    """Whether a picture without a ground of its own can hardly be told from the surface of a dark page."""
    color = color_without_ground(pixels)
    return bool(color) and contrast(color, DARK_SURFACE) < VISIBLE


def color_without_ground(pixels: Image.Image) -> str:
    """What is seen of a picture on the whole, as `#rrggbb`; "" if it has a ground of its own, or nothing is seen."""
    if pixels.mode != "RGBA":
        return ""
    visible = pixels.getchannel("A").point(lambda value: 255 if value >= _OPAQUE else 0)
    if not visible.getbbox():
        return ""
    red, green, blue = (_middle(pixels.getchannel(channel), visible) for channel in "RGB")
    return f"#{red:02x}{green:02x}{blue:02x}"


def _middle(channel: Image.Image, mask: Image.Image) -> int:
    """The mean of a channel where the mask is set."""
    counts = channel.histogram(mask)
    return round(sum(value * count for value, count in enumerate(counts)) / sum(counts))


def _opacity_of(image: Image.Image) -> Image.Image | None:
    """How opaque each pixel is; None if all are."""
    if not image.has_transparency_data:
        return None
    if image.mode in _SIXTEEN_BITS:
        # One value of the 65,536 means "nothing here"; reduced to eight bits, its neighbours would mean it, too.
        opacities = [255] * _SIXTEEN_BIT_VALUES
        opacities[int(image.info["transparency"])] = 0
        return image.convert("I").point(opacities, "L")
    return image.convert("RGBA").getchannel("A")


def _in_eight_bits(image: Image.Image) -> Image.Image:
    if image.mode in _SIXTEEN_BITS:
        return image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.mode in {"L", "CMYK"}:
        return image
    return image.convert("L" if image.mode in {"1", "LA"} else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Converted from the profile that came along; as it is, if that can't be read or is for pixels of another kind."""
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _MODE_OF_SPACE.get(source.profile.xcolor_space.strip()) != image.mode:
            return image.convert("RGB")
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")
    return converted or image.convert("RGB")
