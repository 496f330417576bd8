"""One field's value as administrators see it: in words, as a colour, or as a picture."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from branding.description import Picture
from branding.forms import BrandingForm
from branding.looks.colors import COLORS
from branding.looks.fields import WORDS
from branding.models import BrandingImage

TEXT, COLOR, PICTURE, NOTHING = "text", "color", "picture", "nothing"
PICTURES = tuple(kind.value for kind in BrandingImage.Kind)


@dataclass(frozen=True)
class Told:
    """A value: `kind` is one of those above, `text` what is read or the colour, `picture` what is seen.

    `is_for_dark` says that it is seen on dark pages alone.
    """

    kind: str
    text: str = ""
    picture: Picture | None = None
    is_for_dark: bool = False


def label_of(name: str) -> str:
    """What the form calls a field or a kind of picture."""
    return str(BrandingForm.base_fields[name].label)


def told(name: str, value: Any) -> Told:
    """The value of this field; empty is nothing."""
    if value is None or value == "":
        return Told(NOTHING)
    if isinstance(value, Picture):
        return Told(PICTURE, picture=value, is_for_dark=name == BrandingImage.Kind.BANNER_LOGO_DARK)
    if name in WORDS:
        return Told(TEXT, str(WORDS[name][value]))
    if name == "shows_footer":
        return Told(TEXT, gettext("Shown") if value else gettext("Hidden"))
    return Told(COLOR if name in COLORS else TEXT, value)
