"""For each language and field of a brand, what is shown and which branding it comes from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from branding.brands.fallback import Layer, found
from branding.description import FIELDS
from branding.look import shown
from branding.looks.choices import CHOICES
from branding.telling.values import PICTURES, Told, label_of, told

_FIRST = (
    *PICTURES,
    *("accent_color", "dark_accent_color", "background_color", "dark_background_color"),
    *("surface_color", "dark_surface_color", *CHOICES),
)
NAMES = (*_FIRST, *(name for name in FIELDS if name not in _FIRST))


@dataclass(frozen=True)
class Cell:
    """What is shown in one language, and the branding it is taken from; None if it is neutral."""

    locale: str
    value: Any
    told: Told
    layer: Layer | None


@dataclass(frozen=True)
class Row:
    """A field, in each language."""

    name: str
    label: str
    cells: Sequence[Cell]


def coverage(locales: Iterable[str], layers_in: Callable[[str], Sequence[Layer]]) -> list[Row]:
    """The map: a row for each field, with a cell for each locale; `layers_in` are the brandings that hold for one."""
    columns = [(locale, layers_in(locale)) for locale in locales]
    return [Row(name, label_of(name), [_cell(name, *column) for column in columns]) for name in NAMES]


def _cell(name: str, locale: str, layers: Sequence[Layer]) -> Cell:
    value, layer = found(layers, name) if name in PICTURES else shown(layers, name)
    return Cell(locale, value, told(name, value), layer)
