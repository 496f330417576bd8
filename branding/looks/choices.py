"""What a brand chooses beside its colours and pictures, and the custom properties that each choice comes to.

The first of each is the neutral one, which sets nothing: what it looks like stands in the style sheet of the pages.
"""

from collections.abc import Mapping

AUTO, LIGHT, DARK = "auto", "light", "dark"
CHOICES: Mapping[str, tuple[str, ...]] = {
    "layout": ("full_screen", "split"),
    "color_scheme": (AUTO, LIGHT, DARK),
    "font": ("system", "humanist", "serif", "rounded", "mono"),
    "corner_radius": ("medium", "none", "small", "large", "full"),
    "spacing": ("comfortable", "compact", "spacious"),
    "button_style": ("filled", "outlined", "raised"),
    "input_style": ("outlined", "filled", "underlined"),
    "logo_placement": ("start", "center"),
    "logo_size": ("medium", "small", "large"),
}
NEUTRAL_CHOICES = {name: values[0] for name, values in CHOICES.items()}

# Whatever the first ones lack, the last ones have: a font is chosen letter by letter. None is named for Chinese,
# Japanese and Korean, which draw the same characters otherwise: browsers take what the language of the page needs.
_SANS = '"Noto Sans","Noto Sans Arabic",sans-serif'
_SERIF = '"Noto Serif","Noto Naskh Arabic",serif'
_PROPERTIES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "font": {
        "humanist": {"font": f'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans",{_SANS}'},
        "serif": {"font": f'Charter,"Bitstream Charter","Iowan Old Style",Cambria,Georgia,{_SERIF}'},
        "rounded": {"font": f'ui-rounded,Quicksand,Comfortaa,"Arial Rounded MT Bold",{_SANS}'},
        "mono": {"font": f"var(--mono),{_SANS}"},
    },
    "corner_radius": {
        "none": {"radius-small": "0", "radius": "0", "radius-large": "0", "radius-control": "0"},
        "small": {"radius-small": "2px", "radius": "4px", "radius-large": "6px", "radius-control": "4px"},
        "large": {"radius-small": "8px", "radius": "14px", "radius-large": "24px", "radius-control": "14px"},
        "full": {"radius-small": "8px", "radius": "14px", "radius-large": "28px", "radius-control": "28px"},
    },
    "spacing": {
        "compact": {"tall": "44px", "between": "14px", "around": "28px"},
        "spacious": {"tall": "54px", "between": "26px", "around": "44px"},
    },
    "button_style": {
        "outlined": {"button": "transparent", "on-button": "var(--accent-ink)", "button-hover": "var(--hover)"},
        "raised": {"button-shadow": "0 1px 2px rgb(0 0 0/28%),inset 0 1px 0 rgb(255 255 255/18%)"},
    },
    "input_style": {
        "filled": {"field": "var(--hover)", "field-line": "0 0 2px", "field-radius": "var(--radius) var(--radius) 0 0"},
        "underlined": {"field": "transparent", "field-line": "0 0 1px", "field-radius": "0", "field-inset": "2px"},
    },
    "logo_placement": {"center": {"head": "center"}},
}


def properties_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """The custom properties of these choices by their names; nothing for what is neutral."""
    return {
        name: value
        for field, properties in _PROPERTIES.items()
        for name, value in properties.get(chosen.get(field, ""), {}).items()
    }


def media_of_dark(color_scheme: str) -> str:
    """The media query of what holds on dark pages alone."""
    return {LIGHT: "not all", DARK: "all"}.get(color_scheme, "(prefers-color-scheme: dark)")


# Of its area, since that is how large a logo looks, whatever its shape; in CSS pixels.
_AREAS = {"small": 3_600, "medium": 6_000, "large": 11_000}
_WIDEST, _HIGHEST = 320, 104
# `.bar` of templates/emails/base.html, and `.masthead img` of static/customer/customer.css.
_WIDEST_IN_MAILS, _HIGHEST_IN_HEADER = 408, 48


def size_of_logo(width: int, height: int, *, logo_size: str) -> tuple[int, int]:
    """How large a logo of so many pixels is shown, in CSS pixels: never larger than it is."""
    if not width or not height:
        return 0, 0
    scale = min(1, (_AREAS[logo_size] / (width * height)) ** 0.5, _WIDEST / width, _HIGHEST / height)
    return _scaled(width, height, scale)


def size_in_mails(width: int, height: int) -> tuple[int, int]:
    """How large a header's logo of so many pixels is in mails, likewise: there it is its size that has to say so."""
    return _scaled(width, height, min(1, _WIDEST_IN_MAILS / width, _HIGHEST_IN_HEADER / height))


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, round(width * scale)), max(1, round(height * scale))
