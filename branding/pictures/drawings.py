"""Drawings (SVG) become pixels as they are uploaded: nothing of the file is kept, so nothing of it runs in a browser.

What isn't on the list is left out before it is drawn. resvg runs no script and asks no server, but would open files
that a drawing names: so no reference is left to anything outside of it.
"""

import io
import re
from collections.abc import Callable

import resvg_py
from lxml import etree
from PIL import Image

from branding.errors import ImageRefused

_SVG = "http://www.w3.org/2000/svg"
_BEGINS = (b"<?xml", b"<svg", b"<!--", b"<!DOCTYPE svg", b"<!doctype svg")
_SHAPES = "path rect circle ellipse line polyline polygon image use"
_GROUPS = "svg g defs symbol switch a style linearGradient radialGradient stop pattern clipPath mask marker filter"
_EFFECTS = (
    "feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR "
    "feGaussianBlur feMerge feMergeNode feMorphology feOffset feTile"
)
_ALLOWED = frozenset(f"{{{_SVG}}}{name}" for name in f"{_SHAPES} {_GROUPS} {_EFFECTS}".split())
_TEXT = f"{{{_SVG}}}text"
# Within the drawing, or a picture that comes with it.
_REFERENCE = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|webp);base64,)")
_LENGTH = re.compile(r"\s*(\d{1,9}(?:\.\d+)?)\s*(?:px|pt|pc|mm|cm|in)?\s*\Z")
_MOST_SIDE = 1_000_000


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue, as `encoding` does."""
    return sentence


TEXT = _("The drawing has text in it, for which the font is missing here. Convert the text to paths and save it again.")
NO_SIZE = _("The drawing doesn’t say how large it is: it needs a viewBox, or a width and a height.")


def is_drawing(content: bytes) -> bool:
    """Whether it begins as SVG does."""
    return content.removeprefix(b"\xef\xbb\xbf")[:256].lstrip().startswith(_BEGINS)


def drawn(content: bytes, box: Callable[[float, float], tuple[int, int]]) -> Image.Image:
    """The drawing as RGBA; `box` says how large for its own size. Raises `ImageRefused`, or what parsers raise."""
    root = harmless(content)
    width, height = box(*_enlarged(*_size_of(root)))
    svg = etree.tostring(root, encoding="unicode")
    png = resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height, skip_system_fonts=True)
    with Image.open(io.BytesIO(bytes(png)), formats=("PNG",)) as image:
        return image.convert("RGBA")


def harmless(content: bytes) -> "etree._Element":
    """The drawing with what is on the list and nothing else. Raises `ImageRefused` if it has text."""
    parser = etree.XMLParser(
        resolve_entities="internal", no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(content, parser)
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError("no drawing")
    if next(root.iter(_TEXT), None) is not None:
        raise ImageRefused(TEXT)
    for element in list(root.iter()):
        if element.tag not in _ALLOWED and element.getparent() is not None:
            element.getparent().remove(element)
            continue
        for name, value in list(element.attrib.items()):
            if etree.QName(name).localname == "href" and not _REFERENCE.match(value):
                del element.attrib[name]
    return root


def _size_of(root: "etree._Element") -> tuple[float, float]:
    """Its own width and height; the root gets the viewBox that they come from.

    They are those of the viewBox, unless it is to be stretched to other sides.
    """
    sides = [_LENGTH.match(root.get(name, "")) for name in ("width", "height")]
    width, height = (float(side[1]) if side else 0.0 for side in sides)
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(numbers) != 4:
        if not all(sides):
            raise ImageRefused(NO_SIZE)
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    is_stretched = all(sides) and root.get("preserveAspectRatio", "").split()[:1] == ["none"]
    if len(numbers) == 4 and not is_stretched:
        width, height = float(numbers[2]), float(numbers[3])
    if not (0 < width < _MOST_SIDE and 0 < height < _MOST_SIDE):
        raise ImageRefused(NO_SIZE)
    for name in ("width", "height", "preserveAspectRatio"):
        root.attrib.pop(name, None)
    if is_stretched:
        root.attrib.update({"width": f"{width:g}", "height": f"{height:g}", "preserveAspectRatio": "none"})
    return width, height


def _enlarged(width: float, height: float) -> tuple[float, float]:
    """A drawing has no pixels of its own: it may be kept as large as anything is."""
    return width * _MOST_SIDE, height * _MOST_SIDE
