"""A branding in an archive, to be kept, or imported elsewhere: what is told of it, with its pictures beside it."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from branding.models import Branding, BrandingImage, Theme
from branding.pictures.images import type_of

_COLUMNS = ("branding__locale", "kind", "content_type", "content", "whole")


def archived(told: Mapping[str, Any], theme: Theme | None) -> bytes:
    """A ZIP archive with what `manage.py branding show` tells of the draft of a brand, and its pictures: the whole of
    one of which a part is shown.
    """
    target = io.BytesIO()
    rows = BrandingImage.objects.filter(branding__in=Branding.objects.of_brand(theme))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("branding.json", json.dumps(told, ensure_ascii=False, indent=2))
        for locale, kind, content_type, content, whole in rows.order_by("pk").values_list(*_COLUMNS):
            subtype = (type_of(bytes(whole)) if whole else content_type).partition("/")[2]
            archive.writestr(f"{locale or 'default'}/{kind}.{subtype}", bytes(whole or content))
    return target.getvalue()
