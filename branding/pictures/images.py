"""Uploaded images: checked by their header, decoded, and encoded anew before they are kept.

Nothing of the upload's bytes survives: no metadata, no tail behind the picture, no second frame. Its name and the type
it claims to have are never looked at. Everything refused says why, in words for whoever uploaded it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.files import File
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from branding.errors import ImageRefused
from branding.looks.crops import Crop
from branding.models import BrandingImage
from branding.pictures import apart
from branding.pictures.encoding import BUSY, MOST_BYTES, PNG, WEBP, ImageLimits, PreparedImage, in_kilobytes

_KILOBYTE = 1024
_ONE = (1, 1)
_PNG_BEGINS = b"\x89PNG"
# Pages show a logo up to 320×104 pixels large, and screens have up to three for each of them.
# The widest shape is that which the model product asks for. Each picture of a first visit is as light as it has to be
# for all of them to weigh less than 60 KB together with their page, whatever is in them.
_LOGO = ImageLimits(960, 312, 150 * _KILOBYTE, 8 * _KILOBYTE, is_mark=True, shapes=(960 / 312, 245 / 36))
# Twice as large as a tile of a phone shows it.
_SQUARE = ImageLimits(240, 240, 50 * _KILOBYTE, 16 * _KILOBYTE, is_mark=True, is_square=True, shapes=_ONE)
LIMITS = {
    BrandingImage.Kind.BANNER_LOGO: _LOGO,
    BrandingImage.Kind.BANNER_LOGO_DARK: _LOGO,
    BrandingImage.Kind.HEADER_LOGO: replace(_LOGO, light=4 * _KILOBYTE),
    BrandingImage.Kind.SQUARE_LOGO: _SQUARE,
    BrandingImage.Kind.SQUARE_LOGO_DARK: _SQUARE,
    # Whichever way it is turned: half a window is higher than wide.
    BrandingImage.Kind.BACKGROUND: ImageLimits(
        1920, 1920, 300 * _KILOBYTE, 28 * _KILOBYTE, pixels=1920 * 1080, shapes=(1920 / 1080, 1920 / 1080)
    ),
    BrandingImage.Kind.FAVICON: ImageLimits(
        64, 64, 8 * _KILOBYTE, 2 * _KILOBYTE, is_mark=True, is_square=True, shapes=_ONE
    ),
}
ACCEPTED_TYPES = "image/png,image/jpeg,image/webp,image/svg+xml"


def prepare_image(upload: File[bytes], limits: ImageLimits, crop: Crop | None = None) -> PreparedImage:
    """Check an upload and encode it anew, scaled down to the limits: of one whose shape is off the part that is chosen.
    Raises `ImageRefused`.
    """
    try:
        if upload.size > MOST_BYTES:
            sentence = gettext_noop("The file has %(size)s; an image can have at most %(most_size)s.")
            raise ImageRefused(sentence, size=in_kilobytes(upload.size), most_size=in_kilobytes(MOST_BYTES))
        upload.seek(0)
        image = _once(apart.encoded_anew, upload.read(), limits)
    except ImageRefused as refusal:
        raise type(refusal)(_said(refusal)) from refusal
    return crop_image(image.whole, limits, crop) if image.whole and crop else image


def crop_image(whole: bytes, limits: ImageLimits, crop: Crop | None) -> PreparedImage:
    """A part of a picture that was kept whole, or all of it again. Raises `ImageRefused`."""
    try:
        return replace(_once(apart.taken_from, whole, limits, crop), whole=whole)
    except ImageRefused as refusal:
        raise type(refusal)(_said(refusal)) from refusal


# A picture that is chosen and not saved yet comes with each look at the preview, and then to be saved: one of each kind
# at most, and a part of each.
_MOST_REMEMBERED = 2 * len(LIMITS)
_Made = Callable[..., PreparedImage]
_remembered: dict[tuple[Any, ...], PreparedImage | ImageRefused] = {}


def _once(make: _Made, content: bytes, *asked: ImageLimits | Crop | None) -> PreparedImage:
    """What is made of the content, or why nothing is, once for all who ask for the same in a while."""
    key = (make, hashlib.sha256(content).digest(), *asked)
    made = _remembered.pop(key, None) or _tried(make, content, *asked)
    _remembered[key] = made
    for oldest in list(_remembered)[:-_MOST_REMEMBERED]:
        _remembered.pop(oldest, None)
    if isinstance(made, ImageRefused):
        raise made.anew()
    return made


def _tried(make: _Made, content: bytes, *asked: ImageLimits | Crop | None) -> PreparedImage | ImageRefused:
    """What to remember of it; raises what is no fault of the content."""
    try:
        return make(content, *asked)
    except ImageRefused as refusal:
        if refusal.sentence == BUSY:
            raise
        return refusal.anew()


def type_of(content: bytes) -> str:
    """The media type of a picture that was kept whole."""
    return PNG if content.startswith(_PNG_BEGINS) else WEBP


def in_words() -> Any:
    """What may be uploaded, for whoever is about to; said when the page is."""
    words = gettext_lazy("PNG, JPEG, WebP or SVG of any size up to {megabytes} MB: it is scaled down")
    return format_lazy(words, megabytes=MOST_BYTES // (_KILOBYTE * _KILOBYTE))


def _said(refusal: ImageRefused) -> str:
    """The sentence in the reader's language."""
    said = gettext(refusal.sentence)
    return said % refusal.values if refusal.values else said
