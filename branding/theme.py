"""A tenant's colours as a style sheet of custom properties, made of checked colours and our own addresses alone."""

import hashlib
import re

from branding.policies import DARK_SURFACE, LIGHT_SURFACE, readable_on, text_color_on

NEUTRAL_BACKGROUND = "#f2f4f7"
NEUTRAL_ACCENT = "#2457c5"
# The address of an image: what a reversed URL or a data URI of ours can hold, hence nothing that ends a CSS string.
_IMAGE_ADDRESS = re.compile(r"[\[\]A-Za-z0-9/:;,+=._-]+\Z")


def css_of_theme(*, background_color: str, accent_color: str, background_url: str) -> str:
    """The style sheet. Colours are `#rrggbb` and already checked; `background_url` may be empty.

    Beside the colours as chosen it tells what can be read on them: the text on buttons and on the background, and the
    accent as a colour of links on the light and on the dark surface of the form.
    """
    if background_url and not _IMAGE_ADDRESS.match(background_url):
        raise ValueError("not the address of one of our images")
    properties = {
        "accent": accent_color,
        "accent-text": text_color_on(accent_color),
        "accent-link": readable_on(LIGHT_SURFACE, accent_color),
        "accent-link-dark": readable_on(DARK_SURFACE, accent_color),
        "background": background_color,
        "background-text": text_color_on(background_color),
        "background-image": f'url("{background_url}")' if background_url else "none",
    }
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in properties.items()) + "}\n"


def digest_of_theme(css: str) -> str:
    """What names the style sheet on the web: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(css.encode()).hexdigest()[:32]
