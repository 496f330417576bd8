"""Files that people upload, well-meant and otherwise."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100">'
    b'<defs><linearGradient id="a"><stop stop-color="#0f766e"/><stop offset="1" stop-color="#115e59"/></linearGradient>'
    b'</defs><rect width="400" height="100" rx="20" fill="url(#a)"/></svg>'
)
"""An SVG of four times its height."""


def picture(
    width: int, height: int, *, color: str = "#c0392b", kind: str = "PNG", mode: str = "RGB", **options: Any
) -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    Image.new(mode, (width, height), color).save(target, kind, **options)
    return target.getvalue()


def transparent_picture(width: int, height: int, *, color: tuple[int, int, int, int]) -> bytes:
    """A picture whose left half is of one colour, and whose right half is nothing."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    image.paste(color, (0, 0, width // 2, height))
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def flag(*colors: str, side: int = 100) -> bytes:
    """A PNG of squares of these colours in a row."""
    image = Image.new("RGB", (side * len(colors), side))
    for number, color in enumerate(colors):
        image.paste(color, (number * side, 0, (number + 1) * side, side))
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def noise(width: int, height: int, *, kind: str = "PNG", **options: Any) -> bytes:
    """A picture that hardly gets smaller by encoding."""
    target = io.BytesIO()
    channels = [Image.effect_noise((width, height), 120) for _ in range(3)]
    Image.merge("RGB", channels).save(target, kind, **options)
    return target.getvalue()


def picture_of_a_hill(width: int, height: int) -> bytes:
    """A JPEG with as much in it as a quiet photograph has."""
    sky = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    grain = Image.effect_noise((width // 6, height // 6), 40).resize((width, height)).convert("RGB")
    target = io.BytesIO()
    Image.blend(sky, grain, 0.12).save(target, "JPEG", quality=85)
    return target.getvalue()


def scanned_again(width: int, height: int, *, times: int) -> bytes:
    """A progressive JPEG of one colour whose last scan stands there so many times more."""
    content = picture(width, height, kind="JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + times * last + content[-2:]


def bomb(width: int, height: int) -> bytes:
    """A PNG of black pixels, one bit each, that is tiny as a file."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def upload(content: bytes, name: str = "logo.png", content_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files, by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
