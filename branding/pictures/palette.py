"""The colours that a mark is made of, most telling first."""

import colorsys
from collections import Counter

from PIL import Image

_SMALL = (96, 96)
_OPAQUE = 200
_COLORS = 12
MOST_TOLD = 4
# Of 255 in each channel: what is nearer looks the same.
_ALIKE = 48
_COLORFUL = 0.2

Color = tuple[int, ...]


def palette_of(pixels: Image.Image) -> tuple[str, ...]:
    """Up to four colours as `#rrggbb`; greys only where there is nothing else."""
    small = pixels.convert("RGBA")
    small.thumbnail(_SMALL)
    raw = small.tobytes()
    seen = b"".join(raw[at : at + 3] for at in range(0, len(raw), 4) if raw[at + 3] >= _OPAQUE)
    if not seen:
        return ()
    reduced = Image.frombytes("RGB", (len(seen) // 3, 1), seen).quantize(_COLORS).convert("RGB")
    drawn = reduced.tobytes()
    counted = Counter(tuple(drawn[at : at + 3]) for at in range(0, len(drawn), 3))
    found: list[Color] = []
    for color, _number in sorted(counted.items(), key=lambda item: -item[1] * _weight(item[0])):
        if all(_distance(color, other) > _ALIKE for other in found):
            found.append(color)
    colorful = [color for color in found if _chroma(color) >= _COLORFUL]
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (colorful or found)[:MOST_TOLD])


def _weight(color: Color) -> float:
    return 0.15 + _chroma(color)


def _chroma(color: Color) -> float:
    """How colourful, from 0 to 1."""
    _hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in color))
    return saturation * value


def _distance(one: Color, other: Color) -> int:
    return max(abs(mine - theirs) for mine, theirs in zip(one, other, strict=True))
