"""One field's value as administrators see it: in words, as a colour, or as a picture."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from branding.description import COLORS, Picture
from branding.forms import BrandingForm
from branding.models import Branding, BrandingImage

TEXT, COLOR, PICTURE, NOTHING = "text", "color", "picture", "nothing"
PICTURES = tuple(kind.value for kind in BrandingImage.Kind)


@dataclass(frozen=True)
class Told:
    """A value: `kind` is one of those above, `text` what is read or the colour, `picture` what is seen."""

    kind: str
    text: str = ""
    picture: Picture | None = None


def label_of(name: str) -> str:
    """What the form calls a field or a kind of picture."""
    return str(BrandingForm.base_fields[name].label)


def told(name: str, value: Any) -> Told:
    """The value of this field; empty is nothing."""
    if value is None or value == "":
        return Told(NOTHING)
    if isinstance(value, Picture):
        return Told(PICTURE, picture=value)
    if name == "layout":
        return Told(TEXT, str(Branding.Layout(value).label))
    if name == "shows_footer":
        return Told(TEXT, gettext("Shown") if value else gettext("Hidden"))
    return Told(COLOR if name in COLORS else TEXT, value)
