"""For each language and field of a brand, what is shown and which branding it comes from; and so for its words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from branding.brands.fallback import Layer, found
from branding.description import FIELDS
from branding.look import shown
from branding.looks.choices import CHOICES
from branding.telling.values import PICTURES, Told, label_of, told
from branding.words.sources import Places, WordsSource, sources
from common.text.spoken import Languages

_FIRST = (
    *PICTURES,
    *("accent_color", "dark_accent_color", "background_color", "dark_background_color"),
    *("surface_color", "dark_surface_color", *CHOICES, "logo_background_color", "dark_logo_background_color"),
)
TEXTS_OF_LINKS = ("privacy_text", "terms_text")
"""What the product says where no branding does."""
NAMES = (*_FIRST, *(name for name in FIELDS if name not in _FIRST))


@dataclass(frozen=True)
class Cell:
    """What is shown in one language, and the branding it is taken from; None if it is neutral."""

    locale: str
    value: Any
    told: Told
    layer: Layer | None


@dataclass(frozen=True)
class FieldCoverage:
    """A field, in each language."""

    name: str
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class WordsRow:
    """The sentences that are said otherwise, in each language: in this user flow, or where none says its own ("")."""

    user_flow: str
    cells: Sequence[tuple[str, Sequence[WordsSource]]]


def coverage_of_words(columns: Mapping[str, Languages], places_by_flow: Mapping[str, Places]) -> list[WordsRow]:
    """A row for all flows, and one for each that says something in words of its own; `columns` are by locale what is
    spoken there.
    """
    return [
        WordsRow(flow, [(locale, sources(languages, places)) for locale, languages in columns.items()])
        for flow, places in places_by_flow.items()
    ]


def coverage(
    locales: Iterable[str],
    layers_in: Callable[[str], Sequence[Layer]],
    said_in: Callable[[str, str], str] = lambda _, text: text,
) -> list[FieldCoverage]:
    """The map: a row for each field, with a cell for each locale; `layers_in` are the brandings that hold for one, and
    `said_in` tells how the product's own text is said there.
    """
    columns = [(locale, layers_in(locale)) for locale in locales]
    return [
        FieldCoverage(name, label_of(name), [_cell(name, *column, said_in) for column in columns]) for name in NAMES
    ]


def _cell(name: str, locale: str, layers: Sequence[Layer], said_in: Callable[[str, str], str]) -> Cell:
    value, layer = found(layers, name) if name in PICTURES else shown(layers, name)
    if layer is None and name in TEXTS_OF_LINKS:
        value = said_in(locale, value)
    return Cell(locale, value, told(name, value), layer)
