"""When a rule may hold: by the width of the window, and on light or dark pages."""

from collections.abc import Sequence
from typing import Any

from branding.looks.choices import DARK, LIGHT
from branding.styles.sheet import Media
from branding.styles.values import length, significant

_WIDTHS = ("min-width", "max-width")
_WIDTH = length(0, 5000)
_MOST_ALTERNATIVES = 4


def media_in(prelude: Sequence[Any]) -> list[Media]:
    """Each alternative of a media query list; none if one of them isn't known here."""
    alternatives: list[list[Any]] = [[]]
    for node in significant(prelude):
        if node == ",":
            alternatives.append([])
        else:
            alternatives[-1].append(node)
    read = [_media(tokens) for tokens in alternatives[: _MOST_ALTERNATIVES + 1]]
    known = [each for each in read if each is not None]
    return known if len(known) == len(read) <= _MOST_ALTERNATIVES else []


def _media(tokens: list[Any]) -> Media | None:
    """`screen and (min-width: 600px) and (prefers-color-scheme: dark)`, or a part of it."""
    conditions, scheme = list[str](), ""
    for position, node in enumerate(_without_type(tokens)):
        if position % 2:
            if node.type != "ident" or node.lower_value != "and":
                return None
            continue
        name, value = _feature(node)
        if name in _WIDTHS and (written := _WIDTH(value)) is not None:
            conditions.append(f"({name}:{written})")
        elif name == "prefers-color-scheme" and value.type == "ident" and value.lower_value in {LIGHT, DARK}:
            if scheme not in {"", value.lower_value}:
                return None
            scheme = value.lower_value
        else:
            return None
    ends_well = not tokens or tokens[-1].type != "ident" or tokens[-1].lower_value in {"screen", "all"}
    return Media(tuple(conditions), scheme) if tokens and ends_well else None


def _without_type(tokens: list[Any]) -> list[Any]:
    """What follows `screen` or `all`, and the `and` behind it."""
    said = [node.lower_value if node.type == "ident" else "" for node in tokens[:3]]
    if said[:1] == ["only"]:
        said, tokens = said[1:], tokens[1:]
    if said[:1] not in (["screen"], ["all"]):
        return tokens
    return tokens[2:] if said[1:2] == ["and"] else tokens[1:]


def _feature(node: Any) -> tuple[str, Any]:
    """The name and the value in brackets; "" where there is no such thing."""
    inside = significant(node.content) if node.type == "() block" else []
    if len(inside) == 3 and inside[0].type == "ident" and inside[1] == ":":
        return inside[0].lower_value, inside[2]
    return "", None
