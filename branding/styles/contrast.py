"""What of a brand's own CSS can't be read, and which colour typed there instead could be (WCAG 2.2, AA)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, islice
from types import MappingProxyType

from branding.looks.choices import DARK
from branding.looks.contrast import Pair
from branding.policies import FINE_STEPS, READABLE, VISIBLE, contrast, laid_over, luminance, nearest
from branding.styles.cascade import WHOLE, Cascade, Ground, Paint, Painted, States
from branding.styles.parts import NAMELESS, UNKNOWN, Page, Part
from branding.styles.reading import read_sheet
from branding.styles.sheet import Rule, SourcePosition

FIELD = "custom_css"
# More than anybody mends one by one.
MOST_TOLD = 20
_MOST_WEIGHED = 30
# By page; an ordinary sheet has some hundred.
_MOST_MEETINGS = 2000
_KEPT = 64
_OPACITIES = tuple(f"{number / 20:g}" for number in range(11, 21))
_TYPED = re.compile(r"#[0-9a-fA-F]+|[-\w]+\([^()]*\)|[-\w.%]+")
NOWHERE = SourcePosition(0, 0)
Swaps = Mapping[SourcePosition, str]
_NO_SWAPS: Swaps = MappingProxyType({})


@dataclass(frozen=True)
class Faint(Pair):
    """A pair that can't be told apart well enough. `name` is the part of a page in which it is seen, as selectors say
    it; `selector` and `place` say where it comes from. There `fix` would stand in the place of `typed`; where nothing
    would do there, `rule` is what could be added at the end, with the colour `fix`. `clash` are two grounds that the
    text of that place stands on, and on which no colour can be read.
    """

    scheme: str = ""
    selector: str = ""
    place: SourcePosition = NOWHERE
    typed: str = ""
    rule: str = ""
    clash: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What of a sheet can't be read: the pairs that are told, and how many `more` there are. `is_whole` says if all
    of it was judged, and `on_picture` names parts of which nobody knows, for they stand on a picture.
    """

    faint: Sequence[Faint]
    more: int
    is_whole: bool
    on_picture: Sequence[str]


@dataclass(frozen=True)
class _Meeting:
    """A text or an edge, and what it is seen on. An edge parts what lies behind from the part's own ground, and is
    needed only where that can't be told from it.
    """

    front: Paint
    own: Ground
    behind: Ground
    opacity: Paint
    is_edge: bool

    @property
    def needed(self) -> float:
        return VISIBLE if self.is_edge else READABLE

    @property
    def is_known(self) -> bool:
        """Whether it is known what lies at the bottom: a picture isn't."""
        return UNKNOWN not in {paint.value for paint in self.paints}

    @property
    def places(self) -> set[SourcePosition]:
        return {each.place for each in self.paints if each.place}

    @property
    def paints(self) -> tuple[Paint, ...]:
        """What it is made of, in the order in which it is looked for what to mend."""
        return self.front, *self.own, *self.behind, self.opacity

    def seen(self, swaps: Swaps = _NO_SWAPS) -> tuple[str, str]:
        """The colours that meet, if others were typed in some places."""
        behind = _laid(self.behind, "", swaps)
        own = _laid(self.own, behind, swaps)
        opacity = float(_value(self.opacity, swaps))
        front = laid_over(laid_over(_value(self.front, swaps), own), behind, opacity)
        ground = laid_over(own, behind, opacity)
        if not self.is_edge:
            return front, ground
        return (front, behind) if contrast(front, behind) >= contrast(ground, behind) else (ground, behind)

    def holds(self, swaps: Swaps = _NO_SWAPS) -> bool:
        return contrast(*self.seen(swaps)) >= self.needed

    def holds_with(self, color: str) -> bool:
        """Whether it would with another colour of the text or the edge."""
        return replace(self, front=Paint(color)).holds()

    @property
    def cause(self) -> SourcePosition | None:
        """Where it would be mended: how far one sees through the part, its colour, or what it is seen on."""
        if self.opacity.place and self.holds({self.opacity.place: WHOLE.value}):
            return self.opacity.place
        return self.first

    @property
    def first(self) -> SourcePosition | None:
        """The first place of what it is made of."""
        return next((each.place for each in self.paints if each.place), None)


def judge(source: str, pages: Mapping[str, Page]) -> Judged:
    """What can't be read on these pages, by scheme, for each place the pair that is the worst; in their order."""
    return _judged(source, tuple(pages.items()))


@lru_cache(maxsize=_KEPT)
def _judged(source: str, by_scheme: tuple[tuple[str, Page], ...]) -> Judged:
    """The same. A form is opened and shown again with the same sheet as a rule."""
    rules = read_sheet(source).rules
    cascades = {scheme: Cascade(rules, page, scheme) for scheme, page in by_scheme}
    met = {scheme: list(islice(_meetings(cascade), _MOST_MEETINGS + 1)) for scheme, cascade in cascades.items()}
    all_met = [(scheme, *each) for scheme, found in met.items() for each in found[:_MOST_MEETINGS]]
    known = [each for each in all_met if each[2].is_known and each[2].places]
    unknown = [name for _scheme, name, meeting in all_met if not meeting.is_known]
    meetings = list(dict.fromkeys(meeting for *_, meeting in known))
    causes = {meeting: meeting.cause for meeting in meetings if not meeting.holds()}
    worst = _worst(known, causes, list(cascades))
    return Judged(
        _pairs_of(worst[:MOST_TOLD], meetings, causes, source, dict(_by_place(rules))),
        more=len(worst[MOST_TOLD:]),
        is_whole=all(len(met[scheme]) <= _MOST_MEETINGS and cascades[scheme].is_whole for scheme in cascades),
        on_picture=[name for name in dict.fromkeys(unknown) if NAMELESS not in name],
    )


_Met = tuple[str, str, _Meeting]
"""A scheme, the name of a part, and what meets there."""
_Causes = Mapping[_Meeting, SourcePosition | None]


def _worst(met: Sequence[_Met], causes: _Causes, schemes: Sequence[str]) -> list[tuple[SourcePosition, _Met]]:
    """Of what fails by one place the worst in each scheme, by their places."""
    failing = [(cause, each) for each in met if (cause := causes.get(each[2]))]
    failing.sort(key=lambda told: (told[0], schemes.index(told[1][0]), _share(told[1][2])))
    return [next(group) for _, group in groupby(failing, key=lambda told: (told[0], told[1][0]))]


def _share(meeting: _Meeting) -> float:
    """Of the contrast that is needed."""
    return contrast(*meeting.seen()) / meeting.needed


def _pairs_of(
    worst: Sequence[tuple[SourcePosition, _Met]],
    meetings: Sequence[_Meeting],
    causes: _Causes,
    source: str,
    rules: Mapping[SourcePosition, Rule],
) -> list[Faint]:
    """What is told of these, and what mends them."""
    at = defaultdict[SourcePosition, list[_Meeting]](list)
    for meeting in meetings:
        for place in meeting.places:
            at[place].append(meeting)
    mends = {cause: _mend(cause, at[cause], causes) for cause in {cause for cause, _ in worst}}
    lines, found = in_lines(source), []
    for cause, (scheme, name, meeting) in worst:
        place, (fix, clash) = cause, mends[cause]
        pair = Faint(name, *meeting.seen(), meeting.needed, FIELD, fix, scheme=scheme, clash=clash)
        pair = pair if fix else _with_rule(pair, meeting, rules[cause])
        if not pair.fix and meeting.opacity.place and not _is_whole(meeting.opacity):
            # Once nothing is seen through it there may be a colour that holds, and that one is told next.
            place, pair = meeting.opacity.place, replace(pair, fix=WHOLE.value, clash=())
        selector = ", ".join(each.typed for each in rules[place].selectors)
        found.append(replace(pair, selector=selector, place=place, typed=typed_at(lines, place)))
    return found


def mended(source: str, place: SourcePosition, typed: str, fix: str) -> str:
    """The style sheet with something else typed in a place; as it is, if something else stands there by now."""
    lines = in_lines(source)
    if not typed or typed_at(lines, place) != typed:
        return source
    line = lines[place.line - 1]
    lines[place.line - 1] = f"{line[: place.column - 1]}{fix}{line[place.column - 1 + len(typed) :]}"
    return "\n".join(lines)


def in_lines(source: str) -> list[str]:
    """Its lines as CSS counts them (CSS Syntax Level 3, section 3.3)."""
    return re.split("\r\n|\r|\n|\f", source)


def typed_at(lines: Sequence[str], place: SourcePosition) -> str:
    """The colour or number that stands there; "" if none does."""
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    match = _TYPED.match(line, place.column - 1) if place.column > 0 else None
    return match[0] if match else ""


def _meetings(cascade: Cascade) -> Iterator[tuple[str, _Meeting]]:
    """All that meets on a page, with the part in which it does."""
    return ((_told(part, states), each) for part, states, painted in cascade.looks() for each in _of_part(painted))


def _of_part(painted: Painted) -> Iterator[_Meeting]:
    for behind in painted.behind:
        for own in painted.own:
            below = own[-1:] if _is_whole(painted.opacity) and _is_opaque(own) else behind
            yield _Meeting(painted.text, own, below, painted.opacity, is_edge=False)
            edges = [_Meeting(edge, own, behind, painted.opacity, is_edge=True) for edge in painted.edges]
            if edges and all(edge.is_known for edge in edges):
                # One side that can be seen is enough, as of a field that is only underlined.
                yield max(edges, key=lambda edge: contrast(*edge.seen()))


def _is_whole(opacity: Paint) -> bool:
    return float(opacity.value) >= float(WHOLE.value)


def _is_opaque(ground: Ground) -> bool:
    """Whether nothing is seen of what lies behind, so that a picture may be there."""
    return bool(ground) and ground[-1].value != UNKNOWN and len(ground[-1].value) == len("#rrggbb")


def _told(part: Part, states: States) -> str:
    name, pseudo, ending = part.name.partition("::")
    return f"{name}{''.join(f':{state}' for state in sorted(states))}{pseudo}{ending}"


def _with_rule(pair: Faint, meeting: _Meeting, by: Rule) -> Faint:
    """The pair with a rule of its own: a colour for the part or its edge, where the style sheet says none and the part
    has a name, or a whole edge, where that is taken away `by` a rule, as exactly as it says so.
    """
    if not meeting.front.is_drawn:
        names = Part(pair.name).names
        selector = ", ".join(dict.fromkeys(each.typed for each in by.selectors if each.subject <= names))
        color, said = pair.back, "border: 1px solid"
    elif meeting.front.place or NAMELESS in pair.name:
        return pair
    else:
        selector, color, said = pair.name, meeting.front.value[:7], "border-color:" if meeting.is_edge else "color:"
    fix = nearest(color, meeting.holds_with)
    rule = f"{selector} {{ {said} {fix}; }}"
    if pair.scheme == DARK:
        rule = f"@media (prefers-color-scheme: dark) {{ {rule} }}"
    return replace(pair, fix=fix, rule=f"\n{rule}\n") if fix else pair


def _mend(cause: SourcePosition, meetings: Sequence[_Meeting], causes: _Causes) -> tuple[str, tuple[str, ...]]:
    """What to type there so that all that fails by it holds, of the meetings there: nearby what spares all that holds,
    else what doesn't, and has to be mended next, but elsewhere: whatever would be mended here again is spared, so that
    no two buttons undo each other. "" if nothing would do, and then two grounds for which nothing does.
    """
    failing = [each for each in meetings if causes.get(each) == cause]
    others = [each for each in meetings if each not in causes]
    here = failing + [each for each in others if each.first == cause]
    paint = next(each for each in failing[0].paints if each.place == cause)
    if not paint.is_drawn:
        return "", ()

    def holds(value: str) -> bool:
        return all(each.holds({cause: value}) for each in here)

    fixes = (_nearest(paint, cause, ways[:_MOST_WEIGHED]) for ways in (failing + others, here))
    if fix := next((each for each in fixes if each and holds(each)), ""):
        return fix, ()
    grounds = sorted({each.seen()[1] for each in here if each.front.place == cause}, key=luminance)
    if len(grounds) < 2:
        return "", ()
    # Between a light ground and a dark one there may be little room.
    fix = nearest(paint.value[:7], holds, steps=FINE_STEPS)
    return fix, () if fix else (grounds[0], grounds[-1])


def _nearest(paint: Paint, cause: SourcePosition, meetings: Sequence[_Meeting]) -> str:
    """The nearest to what is typed there with which all of these hold."""

    def holds(value: str) -> bool:
        return all(meeting.holds({cause: value}) for meeting in meetings)

    if not paint.value.startswith("#"):
        return next((value for value in _OPACITIES if float(value) > float(paint.value) and holds(value)), "")
    alpha = paint.value[7:]
    mixed = nearest(paint.value[:7], lambda color: holds(color + alpha)) if alpha else ""
    return mixed + alpha if mixed else nearest(paint.value[:7], holds)


def _laid(ground: Ground, below: str, swaps: Swaps) -> str:
    """What is seen from above."""
    for paint in reversed(ground):
        value = _value(paint, swaps)
        below = laid_over(value, below) if below else value[:7]
    return below


def _value(paint: Paint, swaps: Swaps) -> str:
    return swaps.get(paint.place, paint.value) if paint.place and paint.is_drawn else paint.value


def _by_place(rules: Sequence[Rule]) -> Iterator[tuple[SourcePosition, Rule]]:
    """The rules, by the places of what they declare."""
    for rule in rules:
        for declaration in rule.declarations:
            for place in declaration.places:
                yield place, rule
