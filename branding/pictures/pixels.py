"""The pixels of an upload as browsers shall show them: upright, eight bits a channel, in sRGB, and nothing else."""

import io

from PIL import Image, ImageCms, ImageOps

from branding.policies import DARK_SURFACE, contrast

# Modes in which Pillow holds grey of sixteen bits. Its own conversion would cut off all that is above 255.
_SIXTEEN_BITS = {"I;16", "I;16B", "I;16L", "I"}
_SIXTEEN_BIT_VALUES = 65536
# Which pixels a profile speaks of, by the colour space in its header (ICC.1:2022 section 7.2.8).
_MODE_OF_SPACE = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
# WCAG 2.2, 1.4.11 Non-text Contrast: what is below it can't be made out.
_VISIBLE = 3.0
_OPAQUE = 128


def shown_pixels(image: Image.Image) -> Image.Image:
    """The first frame alone, as RGB or, if anything in it is transparent, RGBA."""
    image.seek(0)
    upright = image if image.format == "PNG" else ImageOps.exif_transpose(image)
    opacity = _opacity_of(upright)
    pixels = _in_srgb(_in_eight_bits(upright), image.info.get("icc_profile"))
    bare = Image.new("RGB", pixels.size)
    bare.paste(pixels)
    if opacity:
        bare.putalpha(opacity)
    return bare


def is_lost_on_dark(pixels: Image.Image) -> bool:
    """Whether a picture without a ground of its own can hardly be told from the surface of a dark page."""
    if pixels.mode != "RGBA":
        return False
    visible = pixels.getchannel("A").point(lambda value: 255 if value >= _OPAQUE else 0)
    if not visible.getbbox():
        return False
    red, green, blue = (_middle(pixels.getchannel(channel), visible) for channel in "RGB")
    return contrast(f"#{red:02x}{green:02x}{blue:02x}", DARK_SURFACE) < _VISIBLE


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
