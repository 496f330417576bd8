"""Encoding a picture anew: by Pillow alone, without Django, without a secret at hand.

What a file does to a decoder is anybody's guess, so this runs in a process of its own (`apart`).
"""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image

from branding.errors import ImageRefused
from branding.pictures.pixels import is_lost_on_dark, shown_pixels

# Only these decoders run: others have known ways never to end, or to read other files.
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg"}
_KILOBYTE = 1024
_TURNED_ON_ITS_SIDE = {5, 6, 7, 8}
_ORIENTATION = 0x0112
_JPEG_QUALITIES = (92, 85, 78, 70, 60)
_PNG_COLORS = (256, 128, 64)
# Each scan goes over all coefficients again. Cameras and encoders make up to a dozen; thousands take minutes to decode.
_START_OF_SCAN = b"\xff\xda"
_MOST_SCANS = 32


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue. It is said in the reader's language by `images`, where Django is known."""
    return sentence


UNREADABLE = _("This isn’t a PNG or JPEG image that can be read. Save it anew as PNG or JPEG.")


@dataclass(frozen=True)
class ImageLimits:
    """How large an image may be: in pixels, and in bytes before and after encoding. `name` is as in "a logo"."""

    name: str
    width: int
    height: int
    size: int

    @property
    def told(self) -> dict[str, int | str]:
        """What sentences say of them; `what` is in English."""
        return {"what": self.name, "most": f"{self.width}×{self.height}", "most_size": in_kilobytes(self.size)}


@dataclass(frozen=True)
class PreparedImage:
    """An image as we encoded it. `digest` is the SHA-256 of the content, in hexadecimal digits.

    `is_dark` says that it can't be seen on a dark page without a ground put under it.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    is_dark: bool = False

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def encoded_anew(content: bytes, limits: ImageLimits, accepted: ImageLimits) -> PreparedImage:
    """The picture as we encode it. Raises `ImageRefused`, before decoding wherever the header tells enough.

    `accepted` is how large it may come; beyond `limits` it is scaled down to them.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            _check_header(image, accepted)
            if image.format != "PNG":
                _check_scans(content)
            pixels = shown_pixels(image)
            pixels.thumbnail((limits.width, limits.height), Image.Resampling.LANCZOS)
            return _encoded_within(pixels, FORMATS[image.format or ""], limits)
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused(
            _("The image has far too many pixels; %(what)s can be at most %(most)s."), **limits.told
        ) from error
    except Exception as error:  # a decoder that is given a broken file raises whatever it happens to
        raise ImageRefused(UNREADABLE) from error


def _check_header(image: Image.Image, limits: ImageLimits) -> None:
    """Check the size in pixels, before anything is decoded; asking a PNG for its orientation would decode it."""
    width, height = image.size
    if image.format != "PNG" and image.getexif().get(_ORIENTATION) in _TURNED_ON_ITS_SIDE:
        width, height = height, width
    if width < 1 or height < 1 or width > limits.width or height > limits.height:
        sentence = _("The image is %(width)d×%(height)d pixels; %(what)s can be at most %(most)s.")
        raise ImageRefused(sentence, width=width, height=height, **limits.told)


def _check_scans(jpeg: bytes) -> None:
    """Count where scans begin: no other bytes of a scan look so. A preview inside the file counts too."""
    if jpeg.count(_START_OF_SCAN) > _MOST_SCANS:
        sentence = _("The image is stored in more than %(scans)d scans. Save it anew as PNG or JPEG.")
        raise ImageRefused(sentence, scans=_MOST_SCANS)


def _encoded_within(image: Image.Image, content_type: str, limits: ImageLimits) -> PreparedImage:
    """Encode as well as the allowed size permits: a smaller file than it came as may need a coarser encoding."""
    attempts = _JPEG_QUALITIES if content_type == "image/jpeg" else (0, *_PNG_COLORS)
    for attempt in attempts:
        content = _jpeg(image, attempt) if content_type == "image/jpeg" else _png(image, attempt)
        if len(content) <= limits.size:
            return PreparedImage(content, content_type, image.width, image.height, is_lost_on_dark(image))
    sentence = _("The image can’t be stored well enough in so little space; %(what)s can have at most %(most_size)s.")
    raise ImageRefused(sentence, **limits.told)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
    return target.getvalue()


def _png(image: Image.Image, colors: int) -> bytes:
    """Encode without loss (0 colours), or with a palette of that many."""
    target = io.BytesIO()
    reduced = image.quantize(colors, method=Image.Quantize.FASTOCTREE) if colors else image
    reduced.save(target, "PNG", optimize=True)
    return target.getvalue()


def in_kilobytes(size: int) -> str:
    """A number of bytes, for people."""
    return f"{-(-size // _KILOBYTE):,} KB"
