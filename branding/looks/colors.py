"""The colours of a look, light and dark: which are chosen, and which follow from them so that all can be read."""

from collections.abc import Mapping
from dataclasses import dataclass

from branding.policies import (
    DARK_INK,
    DARK_SURFACE,
    LIGHT_INK,
    LIGHT_SURFACE,
    READABLE,
    VISIBLE,
    contrast,
    dimmed,
    mix,
    moved_until,
    readable_on,
    text_color_on,
)

NEUTRAL_BACKGROUND = "#f2f4f7"
NEUTRAL_ACCENT = "#3f4fd3"
# What lines of fields and quiet texts are on the neutral card, and what is under the pointer there (static/tokens.css,
# in the dark static/dark.css).
LIGHT_QUIET = {"hover": "#ededf0", "line-control": "#858c99", "ink-soft": "#565c67"}
DARK_QUIET = {"hover": "#1d2127", "line-control": "#6d7685", "ink-soft": "#a3abb8"}
CHOSEN = ("accent_color", "background_color", "surface_color")
GROUND, DARK_GROUND = "logo_background_color", "dark_logo_background_color"
COLORS = (*CHOSEN, *(f"dark_{name}" for name in CHOSEN), GROUND, DARK_GROUND)
"""The fields, those of light pages first. One that is empty for dark pages follows from the light one. `GROUND` is what
stands behind a logo; without it, that is the card.
"""


@dataclass(frozen=True)
class Colors:
    """What pages of one scheme are coloured with: of buttons, behind the card, and of the card."""

    accent: str
    background: str
    surface: str
    is_dark: bool

    @property
    def ink(self) -> str:
        """Of text on the card."""
        return DARK_INK if self.is_dark else LIGHT_INK

    @property
    def accent_ink(self) -> str:
        """Of links: the accent, or the nearest to it that can be read on the card."""
        return readable_on(self.surface, self.accent)

    @property
    def has_own_surface(self) -> bool:
        return self.surface != (DARK_SURFACE if self.is_dark else LIGHT_SURFACE)


def light_colors(fields: Mapping[str, str]) -> Colors:
    """Those of light pages. `fields` are by name; an empty one is neutral."""
    return Colors(
        fields.get("accent_color") or NEUTRAL_ACCENT,
        fields.get("background_color") or NEUTRAL_BACKGROUND,
        fields.get("surface_color") or LIGHT_SURFACE,
        is_dark=False,
    )


def dark_colors(fields: Mapping[str, str]) -> Colors:
    """Those of dark pages. The accent stays, and the background is dimmed, where nothing else is chosen."""
    light = light_colors(fields)
    return Colors(
        fields.get("dark_accent_color") or light.accent,
        fields.get("dark_background_color") or dimmed(light.background),
        fields.get("dark_surface_color") or DARK_SURFACE,
        is_dark=True,
    )


def properties_of(colors: Colors) -> dict[str, str]:
    """The custom properties that every look has, without the dashes."""
    return {
        "accent": colors.accent,
        "on-accent": text_color_on(colors.accent),
        "accent-ink": colors.accent_ink,
        "background": colors.background,
        "on-background": text_color_on(colors.background),
    }


def quiet_colors(colors: Colors, *, on_own_card: bool) -> dict[str, str]:
    """What lines and quiet texts are: on the neutral card as pages say, on a card of a brand's own as it follows."""
    if on_own_card:
        return properties_of_surface(colors)
    return DARK_QUIET if colors.is_dark else LIGHT_QUIET


def properties_of_surface(colors: Colors) -> dict[str, str]:
    """What lines and quiet texts are on this card, in the shares that they have on the neutral one."""
    surface, ink = colors.surface, colors.ink
    hover = mix(surface, ink, 0.08)
    return {
        "surface": surface,
        "hover": hover,
        "line": mix(surface, ink, 0.12),
        "line-strong": mix(surface, ink, 0.22),
        "line-control": moved_until(mix(surface, ink, 0.5), ink, lambda color: contrast(color, surface) >= VISIBLE),
        "ink-soft": moved_until(mix(surface, ink, 0.7), ink, lambda color: contrast(color, hover) >= READABLE),
    }
