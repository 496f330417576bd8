"""What is read on what on the pages of a look, and what would be read better: pure functions (WCAG 2.2, AA)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from branding.looks.choices import DARK, LIGHT
from branding.looks.colors import Colors, dark_colors, light_colors
from branding.policies import (
    READABLE,
    VISIBLE,
    contrast,
    fit_surface,
    moved_until,
    text_color_on,
    weakest_on,
)

DECIDE = ("accent_color", "dark_accent_color", "dark_surface_color")
"""What the neutral look lacks for dark pages is mended there; with one of these it is somebody's own."""
TEXT, BUTTON_TEXT, BUTTON, LINK, OUTSIDE = "text", "button_text", "button", "link", "outside"


@dataclass(frozen=True)
class Pair:
    """One colour on another: which of those above it is, how well it is told apart, and how well it has to be.

    `field` is the field that mends it, and `fix` the nearest colour that does; both are "" where all is well.
    `shown` is what pages show instead where it is not told apart well enough.
    """

    name: str
    front: str
    back: str
    needed: float
    field: str = ""
    fix: str = ""
    shown: str = ""

    @property
    def ratio(self) -> float:
        return contrast(self.front, self.back)

    @property
    def holds(self) -> bool:
        return self.ratio >= self.needed


def pairs_by_scheme(fields: Mapping[str, str]) -> dict[str, Sequence[Pair]]:
    """The pairs of light pages and of dark ones, without those that a brand never shows, and without what fails
    in colours that nobody has chosen: pages mend it.
    """
    schemes = {LIGHT: light_colors(fields), DARK: dark_colors(fields)}
    wanted = fields.get("color_scheme", "")
    is_chosen = any(fields.get(name) for name in DECIDE)
    return {
        scheme: [pair for pair in _pairs(colors) if pair.holds or is_chosen]
        for scheme, colors in schemes.items()
        if wanted not in {LIGHT, DARK} - {scheme}
    }


def _pairs(colors: Colors) -> list[Pair]:
    of_scheme = "dark_" if colors.is_dark else ""
    accent, surface = f"{of_scheme}accent_color", f"{of_scheme}surface_color"
    on_accent, on_background = text_color_on(colors.accent), text_color_on(colors.background)
    ink = weakest_on(colors.surface, is_dark=colors.is_dark)
    return [
        _mended(
            Pair(TEXT, ink, colors.surface, READABLE), surface, fit_surface(colors.surface, is_dark=colors.is_dark)
        ),
        Pair(BUTTON_TEXT, on_accent, colors.accent, READABLE),
        _mended(Pair(BUTTON, colors.accent, colors.surface, VISIBLE), accent, _apart(colors, VISIBLE)),
        _mended(
            Pair(LINK, colors.accent, colors.surface, READABLE, shown=colors.accent_ink), accent, colors.accent_ink
        ),
        Pair(OUTSIDE, on_background, colors.background, READABLE),
    ]


def _mended(pair: Pair, field: str, fix: str) -> Pair:
    return pair if pair.holds else replace(pair, field=field, fix=fix)


def _apart(colors: Colors, needed: float) -> str:
    """The nearest accent that the card lets be seen so well."""
    away = text_color_on(colors.surface)
    return moved_until(colors.accent, away, lambda mixed: contrast(mixed, colors.surface) >= needed)
