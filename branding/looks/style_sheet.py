"""A tenant's colours as a style sheet of custom properties, made of checked colours and our own addresses alone."""

import hashlib
import re
from collections.abc import Mapping

from branding.policies import DARK_SURFACE, LIGHT_SURFACE, dimmed, readable_on, text_color_on

NEUTRAL_BACKGROUND = "#f2f4f7"
NEUTRAL_ACCENT = "#3f4fd3"
# Over a picture that was chosen for light pages.
_SHADE = "linear-gradient(rgb(0 0 0/55%),rgb(0 0 0/55%))"
# The address of an image: what a reversed URL or a data URI of ours can hold, hence nothing that ends a CSS string.
_IMAGE_ADDRESS = re.compile(r"[\[\]A-Za-z0-9/:;,+=._-]+\Z")


def style_sheet_of(*, background_color: str, accent_color: str, background_url: str) -> str:
    """The style sheet. Colours are `#rrggbb` and already checked; `background_url` may be empty.

    Beside the colours as chosen it tells what can be read on them: the text on buttons and on the background, and the
    accent as a colour of links on the surface of the form. Where the reader's system is dark, links are lighter, the
    background is dimmed and its picture shaded; buttons keep their colour.
    """
    if background_url and not _IMAGE_ADDRESS.match(background_url):
        raise ValueError("not the address of one of our images")
    picture = f'url("{background_url}")' if background_url else "none"
    dark_background = dimmed(background_color)
    light = {
        "accent": accent_color,
        "on-accent": text_color_on(accent_color),
        "accent-ink": readable_on(LIGHT_SURFACE, accent_color),
        "background": background_color,
        "on-background": text_color_on(background_color),
        "background-image": picture,
    }
    dark = {
        "accent-ink": readable_on(DARK_SURFACE, accent_color),
        "background": dark_background,
        "on-background": text_color_on(dark_background),
        "background-image": f"{_SHADE},{picture}" if background_url else "none",
    }
    return f"{_block(light)}\n@media (prefers-color-scheme:dark){{{_block(dark)}}}\n"


def header_in(color: str) -> str:
    """The header in that colour, light and dark: its logo was chosen for it. Without one it looks as pages say."""
    return _block({"header": color, "on-header": text_color_on(color)}) + "\n" if color else ""


def _block(properties: Mapping[str, str]) -> str:
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in properties.items()) + "}"


def digest_of_style_sheet(css: str) -> str:
    """What names the style sheet on the web: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(css.encode()).hexdigest()[:32]
