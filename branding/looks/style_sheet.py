"""A tenant's look as a style sheet of custom properties, made of checked values and our own addresses alone."""

import hashlib
import re
from collections.abc import Mapping

from branding.looks import choices, colors
from branding.looks.choices import DARK, LIGHT
from branding.policies import hides_dark, text_color_on

# Over a picture that was chosen for light pages.
_SHADE = "linear-gradient(rgb(0 0 0/55%),rgb(0 0 0/55%))"
# The address of an image: what a reversed URL or a data URI of ours can hold, hence nothing that ends a CSS string.
_IMAGE_ADDRESS = re.compile(r"[\[\]A-Za-z0-9/:;,+=._-]+\Z")
FIELDS_OF_STYLE_SHEET = (*colors.COLORS, *(name for name in choices.CHOICES if name not in {"layout", "logo_size"}))
"""What it is made of, beside the picture behind the card."""


def style_sheet_of(fields: Mapping[str, str], *, background_url: str = "") -> str:
    """The style sheet of a look. `fields` are those of `FIELDS_OF_STYLE_SHEET` that aren't neutral, already checked.

    Beside the colours as chosen it tells what can be read on them: the text on buttons and on the background, the
    accent as a colour of links on the card, and on a card of another colour its lines and quiet texts. Where the
    reader's system is dark, a second block holds; a brand that is always light or always dark has one alone.
    """
    if background_url and not _IMAGE_ADDRESS.match(background_url):
        raise ValueError("not the address of one of our images")
    picture = f'url("{background_url}")' if background_url else "none"
    light, dark = colors.light_colors(fields), colors.dark_colors(fields)
    in_light = colors.properties_of(light) | {"background-image": picture}
    in_dark = colors.properties_of(dark) | {"background-image": f"{_SHADE},{picture}" if background_url else "none"}
    if light.has_own_surface or dark.has_own_surface:
        in_light |= colors.properties_of_surface(light)
        in_dark |= colors.properties_of_surface(dark)
    grounds = [fields.get(name, "") for name in (colors.GROUND, colors.DARK_GROUND)]
    if any(grounds):
        in_light |= _behind_logo(grounds[0])
        in_dark |= _behind_logo(grounds[1] or grounds[0])
    scheme = fields.get("color_scheme", "")
    always = {f"--{name}": value for name, value in choices.properties_of(fields).items()}
    if scheme in {LIGHT, DARK}:
        always["color-scheme"] = scheme
    shown = in_dark if scheme == DARK else in_light
    css = _block(always | {f"--{name}": value for name, value in shown.items()})
    if scheme in {LIGHT, DARK}:
        return f"{css}\n"
    differs = {f"--{name}": value for name, value in in_dark.items() if in_light[name] != value}
    return f"{css}\n@media (prefers-color-scheme:dark){{{_block(differs)}}}\n"


def header_in(color: str) -> str:
    """The header in that colour, light and dark, and the ground of a dark logo, if it is lost on that. Without a colour
    it looks as pages say.
    """
    if not color:
        return ""
    ground = "var(--paper)" if hides_dark(color) else "transparent"
    told = {"--header": color, "--on-header": text_color_on(color), "--behind-header-logo": ground}
    return f"{_block(told)}\n"


def _behind_logo(color: str) -> dict[str, str]:
    room = "var(--space-8) var(--space-12)" if color else "0"
    return {"logo-ground": color or "transparent", "logo-room": room}


def _block(properties: Mapping[str, str]) -> str:
    return ":root{" + ";".join(f"{name}:{value}" for name, value in properties.items()) + "}"


def digest_of_style_sheet(css: str) -> str:
    """What names the style sheet on the web: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(css.encode()).hexdigest()[:32]
