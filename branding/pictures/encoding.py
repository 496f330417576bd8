"""Encoding a picture anew: by Pillow and resvg alone, without Django, without a secret at hand.

What a file does to a decoder is anybody's guess, so this runs in a process of its own (`apart`).
"""

import hashlib
import io
import math
from dataclasses import dataclass, replace

from PIL import Image

from branding.errors import ImageRefused
from branding.looks.crops import Crop, Shapes, is_off, part_of
from branding.pictures.drawings import drawn, is_drawing
from branding.pictures.palette import palette_of
from branding.pictures.pixels import color_without_ground, is_lost_on_dark, shown_pixels, squared, trimmed, upright_size

# Only these decoders run: others have known ways never to end, or to read other files.
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
FORMATS = ("PNG", "JPEG", "WEBP")
_KILOBYTE = 1024
MOST_BYTES = 2 * 1024 * _KILOBYTE
MOST_PIXELS = 16_000_000
MOST_A_SIDE = 10_000
# Of the whole of a picture, from which parts are taken.
_WHOLE_PIXELS = 3_000_000
_WHOLE_BYTES = 1024 * _KILOBYTE
_WHOLE_SIDE = 4
_WHOLE_QUALITIES = (85, 60)
_JPEG_QUALITIES = (92, 85, 78, 70, 60)
_PNG_COLORS = (256, 128, 64)
_WEBP_QUALITIES = (84, 72, 60, 48, 36)
# Efforts of the encoder, from 0 to 6.
_QUICKLY, _WELL = 1, 4
# Each scan goes over all coefficients again. Cameras and encoders make up to a dozen; thousands take minutes to decode.
_START_OF_SCAN = b"\xff\xda"
_MOST_SCANS = 32
# Of a WebP, behind "RIFF", the size and "WEBP".
_FIRST_CHUNK = 12


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue. It is said in the reader's language by `images`, where Django is known."""
    return sentence


UNREADABLE = _("This isn’t a PNG, JPEG, WebP or SVG image that can be read. Save it again as one of these.")
BUSY = _("Other pictures are being read at the moment. Try again in a minute.")


@dataclass(frozen=True)
class ImageLimits:
    """What is kept of an image, however large it came: so many pixels wide and high, and `pixels` in all.

    `size` is what its PNG or JPEG has in bytes at most, `light` what its WebP has: it is encoded more coarsely until
    it does, and then with fewer pixels. A mark has its transparent margin cut off; a square is filled up with one. A
    picture that isn't of one of the `shapes`, if there are any, is also kept whole, so that a part of it can be chosen.
    """

    width: int
    height: int
    size: int
    light: int
    pixels: int = MOST_PIXELS
    is_mark: bool = False
    is_square: bool = False
    shapes: Shapes | None = None

    def box(self, width: float, height: float) -> tuple[int, int]:
        """How large an image of this size is kept: of the same shape, and never larger than it came."""
        scale = min(1, self.width / width, self.height / height, math.sqrt(self.pixels / (width * height)))
        return max(1, round(width * scale)), max(1, round(height * scale))

    @property
    def whole(self) -> "ImageLimits":
        """What is kept of an image from which parts are taken: a quarter of a side is still as sharp as pages need."""
        side = _WHOLE_SIDE * max(self.width, self.height)
        return replace(self, width=side, height=side, pixels=_WHOLE_PIXELS, size=_WHOLE_BYTES)


@dataclass(frozen=True)
class PreparedImage:
    """An image as we encoded it. `digest` is the SHA-256 of the content, in hexadecimal digits.

    `webp` is the same as WebP, with fewer pixels where it would be heavy, and empty where it would be no lighter.
    `is_dark` says that it can't be seen on a dark page without a ground put under it; `palette` are the colours that a
    mark is made of, as `#rrggbb`. `whole` is the picture that parts are taken from, as PNG or WebP; empty where its
    shape is right.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    is_dark: bool = False
    webp: bytes = b""
    palette: tuple[str, ...] = ()
    whole: bytes = b""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def encoded_anew(content: bytes, limits: ImageLimits) -> PreparedImage:
    """The picture as we encode it. Raises `ImageRefused`, before decoding wherever the header tells enough."""
    try:
        pixels, is_photograph = _pixels(content, limits)
        if not limits.shapes or not is_off(*pixels.size, limits.shapes):
            return _encoded(pixels, limits, is_photograph=is_photograph)
        whole = _whole(pixels, limits.whole, is_photograph=is_photograph)
        return replace(taken_from(whole, limits, None), whole=whole)
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # a decoder that is given a broken file raises whatever it happens to
        raise ImageRefused(UNREADABLE) from error


def taken_from(whole: bytes, limits: ImageLimits, crop: Crop | None) -> PreparedImage:
    """A part of a picture that was kept whole, or all of it, as we encode it: the same each time."""
    with Image.open(io.BytesIO(whole), formats=FORMATS) as image:
        is_photograph = _is_photograph(image, whole)
        pixels = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if crop and limits.shapes:
        pixels = pixels.crop(part_of(*pixels.size, limits.shapes, crop))
    return _encoded(pixels, limits, is_photograph=is_photograph)


def color_of(content: bytes) -> str:
    """The colour on the whole of a picture that we have encoded; "" if it has a ground of its own."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        return color_without_ground(image.convert("RGBA")) if image.has_transparency_data else ""


def colors_of(content: bytes) -> tuple[str, ...]:
    """The colours, as `#rrggbb`, of a mark that we have encoded."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        return palette_of(image)


def _pixels(content: bytes, limits: ImageLimits) -> tuple[Image.Image, bool]:
    """What is seen of it, no larger than it is kept whole, and whether it came as a photograph does."""
    # Of a mark nobody knows yet how much is margin.
    box = limits.whole.box if limits.is_mark or limits.shapes else limits.box
    if is_drawing(content):
        pixels, is_photograph = drawn(content, box), False
    else:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_header(image)
            is_photograph = _is_photograph(image, content)
            if image.format in {"JPEG", "MPO"}:
                _check_scans(content)
            pixels = shown_pixels(image, box)
    return trimmed(pixels) if limits.is_mark else pixels, is_photograph


def _is_photograph(image: Image.Image, content: bytes) -> bool:
    """Whether it was stored with loss, as photographs are."""
    return image.format != "PNG" and not (image.format == "WEBP" and _is_lossless(content))


def _is_lossless(webp: bytes) -> bool:
    """Whether its picture is in a chunk for lossless ones (RFC 9649 section 2)."""
    place = _FIRST_CHUNK
    while (name := webp[place : place + 4]) not in {b"VP8 ", b"ANMF", b""}:
        if name == b"VP8L":
            return True
        size = int.from_bytes(webp[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
    return False


def _check_header(image: Image.Image) -> None:
    """Check the size in pixels, before anything is decoded."""
    width, height = upright_size(image)
    if width < 1 or height < 1 or max(width, height) > MOST_A_SIDE or width * height > MOST_PIXELS:
        raise _too_many_pixels(width, height)


def _too_many_pixels(width: int = 0, height: int = 0) -> ImageRefused:
    if not width or not height:
        return ImageRefused(_("The image has far too many pixels: at most %(most)d million are read."), most=_MILLIONS)
    sentence = _(
        "The image is %(width)d×%(height)d pixels. At most %(most)d million are read, and %(side)d on a side: "
        "save it smaller."
    )
    return ImageRefused(sentence, width=width, height=height, most=_MILLIONS, side=MOST_A_SIDE)


_MILLIONS = MOST_PIXELS // 1_000_000


def _check_scans(jpeg: bytes) -> None:
    """Count where scans begin: no other bytes of a scan look so. A preview inside the file counts too."""
    if jpeg.count(_START_OF_SCAN) > _MOST_SCANS:
        sentence = _("The image is stored in more than %(scans)d scans. Save it again as PNG or JPEG.")
        raise ImageRefused(sentence, scans=_MOST_SCANS)


def _encoded(pixels: Image.Image, limits: ImageLimits, *, is_photograph: bool) -> PreparedImage:
    image = squared(pixels) if limits.is_square else pixels
    image.thumbnail(limits.box(*image.size), Image.Resampling.LANCZOS)
    fitting, content, content_type = _for_all(image, limits, is_photograph=is_photograph)
    webp = _webp(fitting, limits, is_photograph=is_photograph)
    return PreparedImage(
        content,
        content_type,
        fitting.width,
        fitting.height,
        is_lost_on_dark(fitting),
        webp if len(webp) < len(content) else b"",
        palette_of(fitting) if limits.is_mark else (),
    )


def _for_all(image: Image.Image, limits: ImageLimits, *, is_photograph: bool) -> tuple[Image.Image, bytes, str]:
    """As every browser and mail program can show it; smaller than wished where the allowed bytes are too few."""
    is_opaque = image.mode == "RGB"
    if not (is_photograph and is_opaque):
        png = _png(image, 0)
        if len(png) <= limits.size:
            return image, png, PNG
    while True:
        for attempt in _JPEG_QUALITIES if is_opaque else _PNG_COLORS:
            content = _jpeg(image, attempt) if is_opaque else _png(image, attempt)
            if len(content) <= limits.size:
                return image, content, JPEG if is_opaque else PNG
        image = _smaller(image)


def _whole(image: Image.Image, limits: ImageLimits, *, is_photograph: bool) -> bytes:
    """As the browsers of administrators can show it, who alone load it: quickly rather than as small as can be."""
    if not is_photograph:
        png = _png(image, 0, optimize=False)
        if len(png) <= limits.size:
            return png
    while True:
        for quality in _WHOLE_QUALITIES:
            content = _as_webp(image, quality=quality, method=_QUICKLY)
            if len(content) <= limits.size:
                return content
        image = _smaller(image)


def _smaller(image: Image.Image) -> Image.Image:
    size = (max(1, image.width * 3 // 4), max(1, image.height * 3 // 4))
    return image.resize(size, Image.Resampling.LANCZOS)


def _webp(image: Image.Image, limits: ImageLimits, *, is_photograph: bool) -> bytes:
    """As WebP: what was drawn without loss if that is light enough, else as well as it can be for so few bytes."""
    content = b"" if is_photograph else _as_webp(image, lossless=True)
    if content and len(content) <= limits.light:
        return content
    for quality in _WEBP_QUALITIES:
        content = _as_webp(image, quality=quality)
        if len(content) <= limits.light:
            return content
    while len(content) > limits.light:
        image = _smaller(image)
        content = _as_webp(image, quality=_WEBP_QUALITIES[-1])
    return content


def _as_webp(image: Image.Image, *, method: int = _WELL, **options: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "WEBP", method=method, **options)
    return target.getvalue()


def _jpeg(image: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
    return target.getvalue()


def _png(image: Image.Image, colors: int, *, optimize: bool = True) -> bytes:
    """Encode without loss (0 colours), or with a palette of that many."""
    target = io.BytesIO()
    reduced = image.quantize(colors, method=Image.Quantize.FASTOCTREE) if colors else image
    reduced.save(target, "PNG", optimize=optimize)
    return target.getvalue()


def in_kilobytes(size: int) -> str:
    """A number of bytes, for people."""
    return f"{-(-size // _KILOBYTE):,} KB"
