"""Charts as a page draws them: paths in a field that is stretched to the place there is, and the words around it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from common.text.translation import grouped
from portal_frame.templatetags.portal import percent as percent_of

WIDTH, HEIGHT = 1000, 200
LABELS = 4
MOST_PERCENT = 1000
SLOT = '<rect class="chart-slot" x="{}" width="{}" height="200"><title>{}</title></rect>'
ROW = '<tr><td>{}</td><td class="number">{}</td><td class="number soft">{}</td></tr>'


@dataclass(frozen=True)
class Point:
    """What was counted at one place of a chart, now and in the time before, of which it says when that was.

    Below the chart stands `mark` for it, where the label is too long for that.
    """

    label: str
    n: int
    before: int
    label_before: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Chart:
    """Paths of SVG, `before` being empty where there is nothing to compare with, and what stands at the edges.

    `slots` are the strips of the field that belong to the points: whoever points at one reads it. `rows` are those of
    the table behind the chart, the last point on top. A page has hundreds of either, so no template walks through them.
    """

    name: str
    line: str
    area: str
    before: str
    slots: SafeString
    rows: SafeString
    scale: Sequence[str]
    labels: Sequence[str]


@dataclass(frozen=True)
class Change:
    """How something differs from before, in a word.

    `tone` says whether that is good: "green", "red", or "" for neither. `arrow` is "up", "down", or "" for no change.
    """

    text: str
    arrow: str
    tone: str


NOTHING_TO_COMPARE = Change("", "", "")


def change_of(n: int, before: int, *, is_good: bool = True) -> Change:
    """How far `n` is from what was before, in percent. More of it is good, or bad."""
    if not before:
        return NOTHING_TO_COMPARE
    percent = round(100 * (n - before) / before)
    if not percent:
        return Change(gettext("same as before"), "", "")
    times = ngettext("%(times)d time", "%(times)d times", round(n / before)) % {"times": round(n / before)}
    said = percent_of(abs(percent)) if percent < MOST_PERCENT else times
    is_rise = percent > 0
    return Change(said, "up" if is_rise else "down", "green" if is_rise == is_good else "red")


def chart_of(points: Sequence[Point], *, name: str, compares: bool = True) -> Chart:
    """A line over the points, and a fainter one for the time before; `name` is that of the time they fill."""
    top = round_top(max(0, *(point.n for point in points), *(point.before for point in points if compares)))
    line = _path([point.n for point in points], top)
    compared = compares and any(point.before for point in points)
    told = [_Told(each.label, grouped(each.n), each.label_before, grouped(each.before)) for each in points]
    return Chart(
        name=name,
        line=f"M{line}",
        area=f"M0 {HEIGHT}L{line}L{WIDTH} {HEIGHT}Z",
        before=f"M{_path([point.before for point in points], top)}" if compared else "",
        slots=_written(SLOT, _slots(told, compared=compared)),
        rows=_written(ROW, ((each.label, each.n, each.before) for each in reversed(told))),
        scale=[short(top), short(top // 2), "0"],
        labels=_labels([point.mark or point.label for point in points]),
    )


def from_to(first: str, last: str) -> str:
    """A span by its ends; one name if they are the same."""
    return first if first == last else gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def sparkline(values: Sequence[int]) -> str:
    """The path of a line without anything around it; none where nothing was counted."""
    return f"M{_path(values, round_top(max(values)))}" if any(values) else ""


def round_top(most: int) -> int:
    """The least even number from 2 on, round as people like it, that nothing lies above."""
    size = 1
    while True:
        for first in (2, 4, 6, 8, 10):
            if most <= first * size:
                return first * size
        size *= 10


def short(number: int) -> str:
    """A number as a scale says it: 1,200 is 1.2k."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return str(number_format(round(number / size, 1))).removesuffix(".0").removesuffix(",0") + letter
    return str(number)


class _Told(NamedTuple):
    """A point as people read it."""

    label: str
    n: str
    label_before: str
    before: str


def _slots(points: Sequence[_Told], *, compared: bool) -> Iterator[tuple[str, str, str]]:
    step = WIDTH / len(points)
    for place, point in enumerate(points):
        now, before = f"{point.label}: {point.n}", f"{point.label_before}: {point.before}"
        yield f"{place * step:.2f}", f"{step:.2f}", f"{now}\n{before}" if compared else now


def _written(shape: str, rows: Iterable[Sequence[str]]) -> SafeString:
    """As Django's `format_html_join`, which asks each of hundreds of texts whether it is markup: none of these is."""
    return SafeString("".join(shape.format(*(escape(text) for text in row)) for row in rows))


def _path(values: Sequence[int], top: int) -> str:
    """From edge to edge, also if it is one value alone."""
    last = max(len(values) - 1, 1)
    places = [(WIDTH * place / last, HEIGHT - HEIGHT * value / top) for place, value in enumerate(values)]
    if len(places) == 1:
        places.append((WIDTH, places[0][1]))
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _labels(names: Sequence[str]) -> Sequence[str]:
    """The first, the last, and some between them at even distances."""
    if len(names) <= LABELS:
        return names
    places = [round((len(names) - 1) * place / (LABELS - 1)) for place in range(LABELS)]
    return [names[place] for place in places if place < len(names)] if _is_rising(places) else names


def _is_rising(places: Sequence[int]) -> bool:
    return all(earlier < later for earlier, later in pairwise(places))
