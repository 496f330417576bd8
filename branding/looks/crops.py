"""Which part of a picture is shown where its shape is off for its place: pure geometry."""

from dataclasses import dataclass

from common.text.translation import gettext as _

LEAST_SIZE = 20
TOLERANCE = 1.1
"""So many times wider or higher than its place may be what nobody notices."""

Shapes = tuple[float, float]
"""From which to which width a place has room for, for each pixel of height."""


@dataclass(frozen=True)
class Crop:
    """The part that fills a place. `size` is its share of the largest part there is, from 20 to 100; `across` and
    `down` say where it lies, from 0 (at the left, at the top) to 100.
    """

    across: int = 50
    down: int = 50
    size: int = 100


def crop_problem(crop: Crop) -> str:
    """What is wrong with it, in a sentence; "" if nothing is."""
    is_within = 0 <= crop.across <= 100 and 0 <= crop.down <= 100 and LEAST_SIZE <= crop.size <= 100
    sentence = _("Choose a part of the picture: its place from 0 to 100, its size from %(least)d to 100.")
    return "" if is_within else sentence % {"least": LEAST_SIZE}


def is_off(width: int, height: int, shapes: Shapes) -> bool:
    """Whether a picture of so many pixels is clearly wider or higher than its place."""
    narrowest, widest = shapes
    return not narrowest / TOLERANCE <= width / height <= widest * TOLERANCE


def part_of(width: int, height: int, shapes: Shapes, crop: Crop) -> tuple[int, int, int, int]:
    """The left, upper, right and lower edge of the part in pixels: of the nearest shape that its place has room for."""
    narrowest, widest = shapes
    shape = min(max(width / height, narrowest), widest)
    largest = min(width, height * shape)
    part_width = max(1, round(largest * crop.size / 100))
    part_height = min(height, max(1, round(part_width / shape)))
    left = round((width - part_width) * crop.across / 100)
    top = round((height - part_height) * crop.down / 100)
    return left, top, left + part_width, top + part_height
