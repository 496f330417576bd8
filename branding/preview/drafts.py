"""What a customer page would look like with values that aren't saved yet."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.contrib.staticfiles.finders import find

from branding.brands.fallback import Layer
from branding.description import BrandingValues, Picture, field_problems, tidied
from branding.errors import ImageRefused, ImageUndecoded
from branding.look import Look, resolve
from branding.looks.choices import DARK
from branding.looks.crops import Crop, crop_problem
from branding.models import BrandingImage, Theme
from branding.pictures.encoding import PreparedImage
from branding.pictures.images import LIMITS, crop_image, prepare_image
from branding.services import Crops, Images
from branding.words.drafts import words_of
from branding.words.in_force import TenantsWords, words_as_if
from branding.words.where import of_brand

# What `customer/base.html` loads beside the style sheet of a look.
STYLE_SHEETS = ("tokens.css", "customer/customer.css")
DARK_SHEET = "dark.css"


def draft_of(
    saved: BrandingValues, *, fields: Mapping[str, Any], images: Images, crops: Crops | None = None
) -> BrandingValues:
    """The saved values with the draft's over them. What isn't valid (yet: somebody is typing) stays as it was saved.

    So do all further pictures after one that the decoder didn't get done: it is there for others as well.
    """
    valid: dict[str, Any] = {}
    for name, value in fields.items():
        kept = tidied(name, value)
        if not field_problems(name, kept):
            valid[name] = kept
    pictures, decodes, crops = dict(saved.pictures), True, crops or {}
    for kind in dict.fromkeys([*images, *crops]):
        upload, crop = images.get(kind), crops.get(kind)
        if kind in images and upload is None:
            pictures.pop(kind, None)
            continue
        if not decodes or (crop and crop_problem(crop)):
            continue
        try:
            image = prepare_image(upload, LIMITS[kind], crop) if upload else _cropped(pictures.get(kind), kind, crop)
        except ImageRefused as refusal:
            decodes = not isinstance(refusal, ImageUndecoded)
            continue
        if image is None:
            continue
        address = f"data:{image.content_type};base64,{base64.b64encode(image.content).decode()}"
        pictures[kind] = Picture(address, image.width, image.height, image.is_dark)
    return replace(saved, **valid, pictures=pictures)


def _cropped(picture: Picture | None, kind: BrandingImage.Kind, crop: Crop | None) -> PreparedImage | None:
    """Another part of a picture that is saved; None if it is shown so already, or can't be. Raises `ImageRefused`."""
    rows = BrandingImage.objects.croppable().with_digest(picture.url.rpartition("/")[2] if picture else "")
    row: BrandingImage | None = rows.first()
    if row is None or row.whole is None or row.part == crop:
        return None
    return crop_image(bytes(row.whole), LIMITS[kind], crop)


def look_of(layers: Sequence[Layer], *, tenant_name: str, scheme: str) -> Look:
    """The look that these brandings make, light or dark: as the brand says, else as the scheme does. Its style sheet is
    a data URI.
    """
    look = resolve(layers, tenant_name=tenant_name, scheme=scheme)
    return replace(look, style_sheet_url=_style_sheet(look.css))


def words_of_draft(theme: Theme | None) -> TenantsWords:
    """What the draft of a theme, or of the tenant's own brand, has customers read."""
    return words_as_if(words_of(theme), of_brand(theme))


@cache
def style_sheet_in(scheme: str) -> str:
    """The styles of customer pages but the look’s own, as a data URI, light or dark whatever the reader's system is."""
    names = (STYLE_SHEETS[0], *([DARK_SHEET] if scheme == DARK else []), *STYLE_SHEETS[1:])
    sheets = [Path(str(find(name))).read_text(encoding="utf-8") for name in names]
    return _style_sheet("\n".join([*sheets, f":root{{color-scheme:{scheme}}}"]))


def _style_sheet(css: str) -> str:
    return "data:text/css," + quote(css)
