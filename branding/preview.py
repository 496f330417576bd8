"""What a customer page would look like with values that aren't saved yet."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from branding.description import field_problems, tidied
from branding.errors import ImageRefused
from branding.images import LIMITS, prepare_image
from branding.look import BrandingValues, Look, Picture, chain_of, resolve
from branding.services import Images


def draft_of(saved: BrandingValues, *, fields: Mapping[str, Any], images: Images) -> BrandingValues:
    """The saved values with the draft's over them. What isn't valid (yet: somebody is typing) stays as it was saved."""
    valid: dict[str, Any] = {}
    for name, value in fields.items():
        kept = tidied(name, value)
        if not field_problems(name, kept):
            valid[name] = kept
    pictures = dict(saved.pictures)
    for kind, upload in images.items():
        if upload is None:
            pictures.pop(kind, None)
            continue
        try:
            image = prepare_image(upload, LIMITS[kind])
        except ImageRefused:
            continue
        address = f"data:{image.content_type};base64,{base64.b64encode(image.content).decode()}"
        pictures[kind] = Picture(address, image.width, image.height, image.is_dark)
    return replace(saved, **valid, pictures=pictures)


def draft_look(
    draft: BrandingValues, *, locale: str, language: str, brandings: Mapping[str, BrandingValues], tenant_name: str
) -> Look:
    """The look in this language if the draft were the branding for `locale`. Its theme comes along, as a data URI."""
    drafted = {**brandings, locale: draft}
    look = resolve([drafted[each] for each in chain_of(language, drafted)], tenant_name=tenant_name)
    return replace(look, theme_url="data:text/css," + quote(look.theme_css))
