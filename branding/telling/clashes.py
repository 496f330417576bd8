"""What two people have made of the same fields of a branding, beside each other."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branding.description import SWITCHES
from branding.forms.brandings import SWITCHED, BrandingForm
from branding.forms.crops import FILLED
from branding.forms.looks import WORDS
from branding.models import CROPS, BrandingImage
from branding.telling.values import CSS, NOTHING, PICTURES, TEXT, Told, label_of, told, told_lines


@dataclass(frozen=True)
class Clash:
    """A field that both have changed. Theirs `can_be_taken` by a tick, but for a picture: it is there until another one
    is chosen.
    """

    name: str
    label: str
    mine: Told
    theirs: Told
    can_be_taken: bool


def clashes(form: BrandingForm) -> list[Clash]:
    """All of them, in the order of the form."""
    return [_clash(form, name) for name in form.clashing]


def _clash(form: BrandingForm, name: str) -> Clash:
    label, mine = label_of(CROPS.get(name, name)), form[name].value()
    if name in CROPS:
        return Clash(name, f"{label}: {label_of(name)}", _told_crop(mine), _told_crop(form.kept[name]), True)
    if name in PICTURES:
        theirs = told(name, form.own.pictures.get(BrandingImage.Kind(name)))
        return Clash(name, label, _told_upload(form, name), theirs, False)
    if name == CSS:
        css = form.css if "custom_css" in form.cleaned_data else str(mine or "")
        return Clash(name, label, told_lines(css, form.own.custom_css), told_lines(form.own.custom_css, css), True)
    return Clash(name, label, _told_typed(name, mine), told(name, getattr(form.own, name)), True)


def _told_typed(name: str, value: Any) -> Told:
    if name in WORDS and value not in WORDS[name]:
        return Told(NOTHING)
    return told(name, SWITCHED.get(value) if name in SWITCHES else value)


def _told_upload(form: BrandingForm, name: str) -> Told:
    upload = form.files.get(name)
    return Told(TEXT, _("%(file)s, to be chosen again") % {"file": upload.name} if upload else _("Removed"))


def _told_crop(value: Any) -> Told:
    if not value:
        return Told(NOTHING)
    if value["shown"] != FILLED:
        return Told(TEXT, pgettext("picture", "Whole"))
    part = ", ".join(str(value[each]) for each in ("across", "down", "size"))
    return Told(TEXT, f"{pgettext('picture', 'Filled')}: {part}")
