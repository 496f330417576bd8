"""Colours that go with a logo."""

from collections.abc import Iterable

from branding.policies import BLACK, DARK_SURFACE, READABLE, WHITE, contrast, dimmed, mix, moved_until

_TINT, _SHADE = 0.07, 0.3


def proposals(palette: Iterable[str]) -> list[dict[str, str]]:
    """For each colour of a logo a set of fields: all that stands on them can be read, light and dark."""
    return [_proposed(color) for color in palette]


def _proposed(color: str) -> dict[str, str]:
    return {
        "accent_color": moved_until(color, BLACK, lambda mixed: contrast(mixed, WHITE) >= READABLE),
        "background_color": mix(WHITE, color, _TINT),
        "dark_accent_color": moved_until(color, WHITE, lambda mixed: contrast(mixed, DARK_SURFACE) >= READABLE),
        "dark_background_color": dimmed(mix(color, BLACK, 1 - _SHADE)),
    }
