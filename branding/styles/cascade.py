"""How a part of a page is painted when all rules of a style sheet that are about it have been heard, in their order
(CSS Cascading Level 4): on pages of one scheme, in a window of one width, under the pointer or with the focus.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, product, zip_longest
from typing import Any

from branding.looks.choices import LIGHT
from branding.policies import laid_over, luminance
from branding.styles.parts import UNKNOWN, WIDE, Page, Part, parts_of
from branding.styles.selectors import PLACEHOLDER
from branding.styles.sheet import Compound, Declaration, Rule, Selector, SourcePosition

States = frozenset[str]
NO_STATES: States = frozenset()
PHONE, DESK = 390, 1280
"""Widths of windows, in pixels."""
# What says more of one part than anybody needs isn't looked at in all of its states.
_MOST_WIDTHS = 6
_MOST_LOOKS = 24
_MOST_GROUNDS = 16
_UNDER_POINTER = frozenset({"hover", "active"})
_WITH = {"focus-visible": "focus", "active": "hover"}
_PIXELS = {"px": 1.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3}
_WIDTH = re.compile(r"\((min|max)-width:([\d.]+)(\w*)\)")
_COLOR = re.compile(r"#[0-9a-f]{6,8}|currentcolor")
_GRADIENT = re.compile(r"[\w-]+-gradient\([^)]*\)")
_LINES = frozenset({"solid", "dashed", "dotted", "double"})
_GREY = "#808080"
_NOT_DRAWN = frozenset({"none", "0", "0px"})
_SIDES = ("top", "right", "bottom", "left")
_SHADOW = "box-shadow"
_CURRENT = "currentcolor"
# What the names of properties begin with that change how a part is painted.
_HEARD = ("color", "background", "border", "opacity", "display", _SHADOW)


@dataclass(frozen=True)
class Paint:
    """A colour, as `#rrggbb` or `#rrggbbaa`, or a number; and where it was typed, if a style sheet says it. Of an edge
    also whether it is drawn: one that isn't has no colour, and the place is where it was taken away.
    """

    value: str
    place: SourcePosition | None = None
    is_drawn: bool = True


NOTHING = Paint("#00000000")
WHOLE = Paint("1")
Ground = tuple[Paint, ...]
"""What lies on what, the uppermost first."""


@dataclass(frozen=True)
class Painted:
    """A part: its text, the grounds of its own that there may be (a gradient has several), those behind it, its edges,
    drawn or not, how far it can be seen through (1: not at all), and whether it is shown, with all that it lies in.
    """

    text: Paint
    own: tuple[Ground, ...]
    behind: tuple[Ground, ...]
    edges: tuple[Paint, ...]
    opacity: Paint
    is_shown: bool


@dataclass(frozen=True)
class _Heard:
    """What the rules say of a part; None where they say nothing, or that it is as around."""

    text: Paint | None
    color: Paint = NOTHING
    images: Ground = ()
    opacity: Paint = WHOLE
    edges: dict[str, Paint] = field(default_factory=dict)
    is_shown: bool = True


@dataclass(frozen=True)
class _Hit:
    """A rule that is about a part, with the states that it and what it lies in must have."""

    states: States
    states_around: States
    widths: tuple[str, ...]
    declarations: Sequence[Declaration]


class Cascade:
    """The rules of a style sheet on pages of one scheme."""

    def __init__(self, rules: Sequence[Rule], page: Page, scheme: str) -> None:
        self.page = page
        self.rules = _weighed(rules, scheme)
        widths = list(dict.fromkeys([DESK, PHONE, *_widths_in(rules)]))
        self.widths, self.has_more_widths = widths[:_MOST_WIDTHS], len(widths) > _MOST_WIDTHS
        self._parts = {
            is_wide: {part.name: part for part in parts_of(page, is_wide=is_wide)} for is_wide in (True, False)
        }
        self._hits: dict[tuple[str, bool], list[_Hit]] = {}
        self._painted: dict[tuple[str, int, States], Painted] = {}

    @property
    def is_whole(self) -> bool:
        """Whether all states and widths are looked at that the rules tell apart."""
        most = _MOST_LOOKS // len(self.widths)
        return not self.has_more_widths and all(len(self._states_of(name)) <= most for name in self._parts[True])

    def looks(self) -> Iterator[tuple[Part, States, Painted]]:
        """Each part that can be read or has an edge, in each state and width of window that the rules tell apart and in
        which it is shown: first all of them at rest.
        """
        ways = (islice(product([name], self._states_of(name), self.widths), _MOST_LOOKS) for name in self._parts[True])
        for name, states, width in filter(None, chain.from_iterable(zip_longest(*ways))):
            part = self._parts[width >= WIDE][name]
            if part.has_text and (painted := self._paint(name, width, states)).is_shown:
                yield part, states, painted

    def _states_of(self, name: str) -> list[States]:
        found = [hit.states | hit.states_around for hit in self._hits_of(name, is_wide=True)]
        told = {_with_others(states) for states in found}
        return [NO_STATES, *sorted((each for each in told if each and "disabled" not in each), key=sorted)]

    def _hits_of(self, name: str, *, is_wide: bool) -> list[_Hit]:
        key = name, is_wide
        if key not in self._hits:
            chain = list(self._chain(name, is_wide=is_wide))
            self._hits[key] = [
                _Hit(selector.compounds[-1].states, _states_around(selector), widths, declarations)
                for selector, widths, declarations in self.rules
                if _is_about(selector, chain)
            ]
        return self._hits[key]

    def _chain(self, name: str, *, is_wide: bool) -> Iterator[Part]:
        """The part, and what it lies in."""
        while name:
            part = self._parts[is_wide][name]
            yield part
            name = part.inside

    def _paint(self, name: str, width: int, states: States) -> Painted:
        key = name, width, states
        if key not in self._painted:
            self._painted[key] = self._painted_anew(self._parts[width >= WIDE][name], width, states)
        return self._painted[key]

    def _painted_anew(self, part: Part, width: int, states: States) -> Painted:
        around = self._paint(part.inside, width, states & _UNDER_POINTER) if part.inside else None
        heard = self._heard(part, width, states)
        text = heard.text or (around.text if around else NOTHING)
        if around is None:
            behind: tuple[Ground, ...] = ((),)
        else:
            behind = tuple(islice((own + below for own, below in product(around.own, around.behind)), _MOST_GROUNDS))
        layers = [tuple(_seen((image, heard.color), text)) for image in _ends(heard.images, text) or (NOTHING,)]
        edges = (replace(each, value=text.value) if each.value == _CURRENT else each for each in heard.edges.values())
        return Painted(
            text,
            own=tuple(dict.fromkeys(layers)),
            behind=tuple(dict.fromkeys(map(_down_to_opaque, behind))),
            edges=tuple(edges),
            opacity=heard.opacity,
            is_shown=heard.is_shown and (around is None or around.is_shown),
        )

    def _heard(self, part: Part, width: int, states: States) -> _Heard:
        ground = (part.ground_under_pointer if states & _UNDER_POINTER else "") or part.ground
        is_underlined = self.page.input_style in {"filled", "underlined"}
        sides = [side for side in _SIDES if part.edge and (side == "bottom" or not is_underlined)]
        heard = _Heard(
            Paint(part.text) if part.text else None,
            Paint(ground) if ground else NOTHING,
            (Paint(UNKNOWN),) if part.has_picture else (),
            edges=dict.fromkeys(sides, Paint(part.edge)),
        )
        for hit in self._hits_of(part.name, is_wide=width >= WIDE):
            if hit.states <= states and hit.states_around <= states & _UNDER_POINTER and _holds(hit.widths, width):
                for each in hit.declarations:
                    heard = _with(heard, each, has_edge=bool(part.edge))
        return heard


def _weighed(rules: Sequence[Rule], scheme: str) -> list[tuple[Selector, tuple[str, ...], Sequence[Declaration]]]:
    """What each selector says of colours on pages of the scheme, the less exact and the earlier first."""
    told = [(selector, rule.media.conditions, _told_in(rule, scheme)) for rule in rules for selector in rule.selectors]
    return sorted((each for each in told if each[2]), key=lambda each: each[0].weight)


def _told_in(rule: Rule, scheme: str) -> list[Declaration]:
    if rule.media.scheme not in {"", scheme}:
        return []
    is_said = LIGHT in {scheme, rule.media.scheme} or rule.media.scheme == scheme
    return [each for each in rule.declarations if (is_said or not each.tells_color) and each.name.startswith(_HEARD)]


def _is_about(selector: Selector, chain: Sequence[Part]) -> bool:
    """Whether a part, with all that it lies in, may be what a selector names."""
    *around, subject = selector.compounds
    if not _names(subject, chain[0]):
        return False
    further = iter(chain[1:])
    return all(any(_names(each, part) for part in further) for each in reversed(around))


def _names(compound: Compound, part: Part) -> bool:
    return compound.names <= part.names and (PLACEHOLDER in compound.names) == (PLACEHOLDER in part.names)


def _states_around(selector: Selector) -> States:
    return frozenset[str]().union(*(each.states for each in selector.compounds[:-1]))


def _with_others(states: States) -> States:
    return states | {_WITH[each] for each in states if each in _WITH}


def _widths_in(rules: Sequence[Rule]) -> Iterator[int]:
    for rule in rules:
        for condition in rule.media.conditions:
            yield round(_width_in(condition)[1])


def _width_in(condition: str) -> tuple[str, float]:
    match = _WIDTH.match(condition)
    return (match[1], float(match[2]) * _PIXELS.get(match[3], 0)) if match else ("", 0)


def _holds(conditions: tuple[str, ...], width: int) -> bool:
    return all(width >= pixels if side == "min" else width <= pixels for side, pixels in map(_width_in, conditions))


def _seen(layers: Ground, text: Paint) -> Iterator[Paint]:
    for layer in layers:
        if layer != NOTHING:
            yield replace(layer, value=text.value) if layer.value == _CURRENT else layer


def _ends(images: Ground, text: Paint) -> Ground:
    """Of the colours of gradients the darkest and the lightest, as if on grey where they can be seen through."""
    if any(each.value == UNKNOWN for each in images):
        return images
    seen = [replace(each, value=text.value) if each.value == _CURRENT else each for each in images]
    ranked = sorted(seen, key=lambda each: luminance(laid_over(each.value, _GREY)))
    return tuple(dict.fromkeys([*ranked[:1], *ranked[-1:]]))


def _down_to_opaque(ground: Ground) -> Ground:
    """What can be seen of it."""
    for depth, paint in enumerate(ground, start=1):
        if paint.value == UNKNOWN or len(paint.value) == len("#rrggbb"):
            return ground[:depth]
    return ground


def _with(heard: _Heard, said: Declaration, *, has_edge: bool) -> _Heard:
    """What is heard after one declaration more."""
    if said.name == "color":
        return replace(heard, text=None if said.value in {"inherit", _CURRENT} else Paint(said.value, _first(said)))
    if said.name == "opacity":
        return replace(heard, opacity=Paint(said.value, _first(said)))
    if said.name == "display":
        return replace(heard, is_shown=said.value != "none")
    if said.name == _SHADOW or said.name.startswith("border"):
        return replace(heard, edges=heard.edges | _edges(heard.edges, said)) if has_edge else heard
    images, colors = _layers(said)
    if said.name == "background":
        return replace(heard, images=images, color=colors[-1] if colors else NOTHING)
    if said.name == "background-image":
        return replace(heard, images=images)
    return replace(heard, color=colors[0]) if said.name == "background-color" else heard


def _layers(said: Declaration) -> tuple[Ground, Ground]:
    """The colours of its gradients, and the others."""
    gradients = [match.span() for match in _GRADIENT.finditer(said.value)]
    images, colors = list[Paint](), list[Paint]()
    for match, paint in zip(_COLOR.finditer(said.value), _paints(said), strict=True):
        is_of_gradient = any(start < match.start() < end for start, end in gradients)
        (images if is_of_gradient else colors).append(paint)
    return tuple(images[:_MOST_GROUNDS]), tuple(colors)


def _paints(said: Declaration) -> list[Paint]:
    """The colours in a declaration, each with its place."""
    places = iter(said.places)
    return [Paint(each, None if each == _CURRENT else next(places, None)) for each in _COLOR.findall(said.value)]


def _first(said: Declaration) -> SourcePosition | None:
    return next(iter(said.places), None)


def _edges(before: dict[str, Paint], said: Declaration) -> dict[str, Paint]:
    """The edges that a declaration is about as they are after it. A shadow is one, too: rings are drawn with it."""
    bare = replace(NOTHING, place=_first(said), is_drawn=False)
    values, paints = said.value.split(), _paints(said)
    if said.name == _SHADOW:
        return {_SHADOW: next(iter(paints), bare)}
    _, *rest = said.name.split("-")
    sides, about = [side for side in _SIDES if side in rest] or list(_SIDES), rest[-1:]
    was_drawn = {side: paint for side, paint in before.items() if paint.is_drawn}
    if about == ["radius"]:
        return {}
    if about == ["color"]:
        return {side: paint for side, paint in _by_side(paints).items() if side in sides and side in was_drawn}
    if about in (["width"], ["style"]):
        is_drawn = _by_side([value not in _NOT_DRAWN for value in values])
        return {side: was_drawn.get(side, Paint(_CURRENT)) if is_drawn[side] else bare for side in sides}
    has_line = bool(_LINES & set(values)) and not _NOT_DRAWN & set(values)
    return dict.fromkeys(sides, next(iter(paints), Paint(_CURRENT)) if has_line else bare)


def _by_side(values: Sequence[Any]) -> dict[str, Any]:
    """One to four values, by the sides that they are for."""
    of_sides = {1: (0, 0, 0, 0), 2: (0, 1, 0, 1), 3: (0, 1, 2, 1)}.get(len(values), (0, 1, 2, 3))
    return {side: values[number] for side, number in zip(_SIDES, of_sides, strict=True)}
