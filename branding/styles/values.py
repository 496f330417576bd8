"""What a property's value may be made of. Each taker makes of a node what is written for it, or None if it can't be.

What is written is put together here, of names that stand in a list, of numbers within bounds and of colours as
`#rrggbb`: nothing in it can fetch, move or cover anything.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from tinycss2.color4 import parse_color

Taker = Callable[[Any], str | None]
Check = Callable[[Sequence[Any]], str | None]

_PIXELS = {"px": 1.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3}
_OF_THE_WINDOW = {"vw", "vh"}
_FAMILY = re.compile(r"[\w][\w .&-]{0,60}\Z")
_GRADIENTS = frozenset({"linear-gradient", "radial-gradient", "repeating-linear-gradient", "repeating-radial-gradient"})
_GRADIENT_WORDS = (
    *("to", "top", "bottom", "left", "right", "center", "at", "circle", "ellipse"),
    *("closest-side", "closest-corner", "farthest-side", "farthest-corner"),
)
_READABLE_ALPHA = 0.6


def significant(tokens: Sequence[Any]) -> list[Any]:
    """The tokens without spaces and comments."""
    return [node for node in tokens if node.type not in {"whitespace", "comment"}]


def words(*allowed: str) -> Taker:
    """One of these words."""
    among = frozenset(allowed)
    return lambda node: node.lower_value if node.type == "ident" and node.lower_value in among else None


def number(least: float, most: float) -> Taker:
    """A number without a unit."""
    return lambda node: _written(node.value) if node.type == "number" and least <= node.value <= most else None


def length(least: float, most: float, *, percent: float = 0) -> Taker:
    """So many pixels, or as much in another unit, or so much of a hundred up to `percent`; 0 has none.

    Where 0 isn't allowed, of a hundred at least ten are.
    """

    def take(node: Any) -> str | None:
        if node.type == "number":
            return "0" if node.value == 0 and least <= 0 else None
        if node.type == "percentage" or (node.type == "dimension" and node.lower_unit in _OF_THE_WINDOW):
            unit, low, high, factor = getattr(node, "lower_unit", "%"), (10.0 if least > 0 else 0.0), percent, 1.0
        elif node.type == "dimension" and node.lower_unit in _PIXELS:
            unit, low, high, factor = node.lower_unit, least, most, _PIXELS[node.lower_unit]
        else:
            return None
        return f"{_written(node.value)}{unit}" if low <= node.value * factor <= high else None

    return take


def times(least: float, most: float, unit: str = "") -> Taker:
    """So many times the size of a text, as a percentage or in `em`; written in another unit, or without one.

    Parts stand in parts: written as it is said, it would become less from one to the next.
    """

    def take(node: Any) -> str | None:
        if node.type == "percentage":
            many = node.value / 100
        elif node.type == "dimension" and node.lower_unit == "em":
            many = node.value
        else:
            return None
        return f"{_written(many)}{unit}" if least <= many <= most else None

    return take


def time(most: float) -> Taker:
    """A time, in seconds."""
    factors = {"s": 1.0, "ms": 0.001}

    def take(node: Any) -> str | None:
        if node.type != "dimension" or node.lower_unit not in factors:
            return None
        seconds = node.value * factors[node.lower_unit]
        return f"{_written(seconds)}s" if 0 <= seconds <= most else None

    return take


def color(node: Any) -> str | None:
    """A colour, as `#rrggbb` or, where it can be seen through, `#rrggbbaa`."""
    if node.type == "ident" and node.lower_value == "currentcolor":
        return "currentcolor"
    if node.type not in {"ident", "hash", "function"}:
        return None
    read = _color(node)
    return None if read is None else "#" + "".join(f"{part:02x}" for part in (read if read[3] < 255 else read[:3]))


def text_color(node: Any) -> str | None:
    """A colour that text can have: not one that can hardly be seen."""
    written = color(node)
    has_alpha = written is not None and len(written) == 9
    return None if has_alpha and int(written[7:], 16) < _READABLE_ALPHA * 255 else written  # type: ignore[index]


def gradient(node: Any) -> str | None:
    """A gradient of colours."""
    if node.type != "function" or node.lower_name not in _GRADIENTS:
        return None
    angle_or_stop = any_of(color, _angle, words(*_GRADIENT_WORDS), length(0, 2000, percent=200))
    inside = listed(some(angle_or_stop, 6), 12)(significant(node.arguments))
    return f"{node.lower_name}({inside})" if inside else None


def blur(node: Any) -> str | None:
    """`blur()` of a few pixels."""
    if node.type != "function" or node.lower_name != "blur":
        return None
    radius = some(length(0, 40), 1)(significant(node.arguments))
    return f"blur({radius})" if radius else None


def shadow(*, offset: float, blur: float, spread: float) -> Check:
    """`none`, or a shadow moved, blurred and spread so many pixels at most: a wide one would cover what is near."""
    sizes = (length(-offset, offset), length(-offset, offset), length(0, blur), length(-spread, spread))

    def check(tokens: Sequence[Any]) -> str | None:
        if len(tokens) == 1:
            return words("none")(tokens[0])
        inset = [node for node in tokens if node.type == "ident" and node.lower_value == "inset"]
        colors = [written for node in tokens if node not in inset and (written := color(node)) is not None]
        others = [node for node in tokens if node not in inset and color(node) is None]
        made = [take(node) for take, node in zip(sizes, others, strict=False)]
        if not 2 <= len(others) <= (4 if spread else 3) or None in made or max(len(inset), len(colors)) > 1:
            return None
        return " ".join([*(["inset"] if inset else []), *made, *colors])  # type: ignore[list-item]

    return check


def slash(node: Any) -> str | None:
    """What stands between a position and a size, or between two radii."""
    return "/" if node == "/" else None


def any_of(*takers: Taker) -> Taker:
    """What the first of these makes of it."""
    return lambda node: next((made for taker in takers if (made := taker(node)) is not None), None)


def one(*takers: Taker) -> Check:
    """A value of one node."""
    return some(any_of(*takers), 1)


def some(taker: Taker, most: int) -> Check:
    """A value of one to so many tokens, set apart by spaces."""

    def check(tokens: Sequence[Any]) -> str | None:
        made = [taker(node) for node in tokens]
        return " ".join(made) if 0 < len(made) <= most and None not in made else None  # type: ignore[arg-type]

    return check


def listed(check: Check, most: int) -> Check:
    """Up to so many values, set apart by commas."""

    def check_all(tokens: Sequence[Any]) -> str | None:
        groups: list[list[Any]] = [[]]
        for node in tokens:
            if node == ",":
                groups.append([])
            else:
                groups[-1].append(node)
        made = [check(group) for group in groups]
        return ",".join(made) if len(made) <= most and None not in made else None  # type: ignore[arg-type]

    return check_all


def families(tokens: Sequence[Any]) -> str | None:
    """Names of fonts that the reader's system may have. A name of several words is one name, with quotes or without."""
    return listed(_family, 10)(tokens)


def _family(tokens: Sequence[Any]) -> str | None:
    if len(tokens) == 1 and tokens[0].type == "string":
        name = tokens[0].value
    elif tokens and all(node.type == "ident" for node in tokens):
        name = " ".join(node.value for node in tokens)
        if name.lower() in _GENERIC:
            return name.lower()
    else:
        return None
    return f'"{name}"' if _FAMILY.match(name) else None


_GENERIC = frozenset(
    "serif sans-serif monospace system-ui ui-serif ui-sans-serif ui-monospace ui-rounded inherit".split()
)


def _angle(node: Any) -> str | None:
    is_angle = node.type == "dimension" and node.lower_unit in {"deg", "turn"} and abs(node.value) <= 720
    return f"{_written(node.value)}{node.lower_unit}" if is_angle else None


def _color(node: Any) -> tuple[int, int, int, int] | None:
    """Red, green, blue and alpha, each from 0 to 255."""
    try:
        read: Any = parse_color(node)
    except ValueError:  # `color()` with nothing in it
        return None
    if read is None or isinstance(read, str):
        return None
    if read.space in {"hsl", "hwb"}:
        read = read.to("srgb")
    if read.space != "srgb":
        return None
    red, green, blue, alpha = (round(255 * min(1, max(0, part or 0))) for part in (*read.coordinates, read.alpha))
    return red, green, blue, alpha


def _written(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
