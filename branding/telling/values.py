"""One field's value as administrators see it: in words, as a colour, or as a picture."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext, ngettext

from branding.description import COLORED, SWITCHES, Picture
from branding.forms.brandings import BrandingForm
from branding.forms.looks import WORDS
from branding.models import BrandingImage
from branding.policies import WHITE
from branding.telling.logos import LOGOS, is_lost_on

TEXT, CODE, COLOR, PICTURE, NOTHING = "text", "code", "color", "picture", "nothing"
NIGHT, PAPER = "night", "paper"
CSS = "custom_css"
PICTURES = tuple(kind.value for kind in BrandingImage.Kind)
DARK_PICTURES = (BrandingImage.Kind.BANNER_LOGO_DARK, BrandingImage.Kind.SQUARE_LOGO_DARK)


@dataclass(frozen=True)
class Told:
    """A value: `kind` is one of those above, `text` what is read or the colour, `picture` what is seen, and of a
    picture `name` the field.
    """

    kind: str
    text: str = ""
    picture: Picture | None = None
    name: str = ""

    @property
    def ground(self) -> str:
        """What a picture is seen on here: "night" if pages show it on dark ones alone, or it would be lost on white;
        "paper" if it would be lost in the dark.
        """
        if self.picture is None:
            return ""
        if self.name in DARK_PICTURES or (self.name in LOGOS and is_lost_on(self.picture, WHITE)):
            return NIGHT
        return PAPER if self.picture.is_dark else ""


def label_of(name: str) -> str:
    """What the form calls a field or a kind of picture."""
    return str(BrandingForm.base_fields[name].label)


def told_lines(own: str, other: str) -> Told:
    """The lines of a style sheet that the other one hasn't."""
    lines, others = own.splitlines(), other.splitlines()
    same = SequenceMatcher(None, lines, others, autojunk=False).get_matching_blocks()
    kept = {block.a + index for block in same for index in range(block.size)}
    lines = [line for number, line in enumerate(lines) if number not in kept]
    return Told(CODE, "\n".join(lines)) if lines else Told(NOTHING)


def _lines(count: int) -> str:
    return ngettext("%(count)d line", "%(count)d lines", count) % {"count": count}


def told(name: str, value: Any) -> Told:
    """The value of this field; empty is nothing."""
    if value is None or value == "":
        return Told(NOTHING)
    if isinstance(value, Picture):
        return Told(PICTURE, picture=value, name=name)
    if name in WORDS:
        return Told(TEXT, str(WORDS[name][value]))
    if name in SWITCHES:
        return Told(TEXT, gettext("Shown") if value else gettext("Hidden"))
    if name == CSS:
        return Told(TEXT, _lines(len(value.splitlines())))
    return Told(COLOR if name in COLORED else TEXT, value)
