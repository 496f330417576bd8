"""How pictures whose shape is off are shown, in the form of a branding: whole, or a part that fills the place."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branding.looks.crops import Crop
from branding.models import CROPS, BrandingImage
from portal_frame.merging import MergedForm

WHOLE, FILLED = "whole", "filled"
PARTS = tuple(asdict(Crop()))
_USUAL: dict[str, str | int] = {"shown": WHOLE, "of": "", **asdict(Crop())}
# A part that was chosen of a file that comes along is no part of the picture before.
UPLOAD = "upload"
_NUMBER = re.compile(r"-?[0-9]{1,4}\Z")

Crops = dict[BrandingImage.Kind, Crop | None]


class CropInput(forms.Widget):
    """Whole or filled, the three numbers of the part, and of which picture; drawn by `portal/branding/crop.html`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str] | None:
        """What was sent; None if nothing was, as of a picture whose shape is right."""
        if f"{name}_shown" not in data:
            return None
        return {part: data.get(f"{name}_{part}", "") for part in _USUAL}

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The first of its controls."""
        return f"{id_}_{WHOLE}"


class CropField(forms.Field):
    """How one picture is shown."""

    widget = CropInput

    def __init__(self) -> None:
        super().__init__(label=_("How it is shown"), required=False)


class CropFields(MergedForm):
    """A part for each kind of picture. Whether it lies within is judged by the service."""

    banner_logo_crop = CropField()
    banner_logo_dark_crop = CropField()
    background_crop = CropField()
    favicon_crop = CropField()
    header_logo_crop = CropField()
    square_logo_crop = CropField()
    square_logo_dark_crop = CropField()

    @property
    def crops(self) -> Crops:
        """How to show those of the pictures that are kept, and that come along, of which it was changed here."""
        found: Crops = {}
        for name, kind in CROPS.items():
            sent = self.cleaned_data.get(name)
            if name in self.touched and sent and (sent["of"] == UPLOAD) == bool(self.cleaned_data.get(kind.value)):
                found[kind] = Crop(*_numbers(sent)) if sent["shown"] == FILLED else None
        return found

    def is_changed(self, name: str, version: str) -> bool:
        """Of a picture whose shape is right nothing is sent."""
        return (name not in CROPS or self[name].data is not None) and super().is_changed(name, version)

    def fill_in(self, data: QueryDict, name: str) -> None:
        """Each of the controls."""
        if name not in CROPS:
            return super().fill_in(data, name)
        for part, value in (self.kept[name] or {"shown": WHOLE}).items():
            data[f"{name}_{part}"] = str(value)
        return None

    def clean(self) -> dict[str, object]:
        """Take nothing for a part but whole numbers."""
        cleaned = super().clean()
        for name in CROPS:
            sent = cleaned.get(name)
            if sent and sent["shown"] == FILLED and not _numbers(sent):
                self.add_error(name, gettext("Enter the place and the size of the part as whole numbers."))
        return cleaned

    def part(self, name: str) -> Mapping[str, str | int]:
        """What the controls of this name begin with: what was sent, else what is kept."""
        value = self[name].value()
        return value if value and value["of"] != UPLOAD else self.initial.get(name) or _USUAL


def _numbers(sent: Mapping[str, str]) -> list[int]:
    """The three numbers; none if one of them can't be read."""
    typed = [sent[part].strip() for part in PARTS]
    return [int(number) for number in typed] if all(_NUMBER.match(number) for number in typed) else []


def shown_crops(images: Mapping[str, BrandingImage]) -> dict[str, dict[str, str | int]]:
    """How the form begins, by the names of its fields, for the pictures that are kept."""
    return {
        name: {
            **_USUAL,
            "shown": FILLED if images[kind].part else WHOLE,
            **asdict(images[kind].part or Crop()),
        }
        for name, kind in CROPS.items()
        if kind in images
    }
