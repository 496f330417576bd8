"""Uploaded images: checked by their header, decoded, and encoded anew before they are kept.

Nothing of the upload's bytes survives: no metadata, no tail behind the picture, no second frame. Its name and the type
it claims to have are never looked at. Everything refused says why, in words for whoever uploaded it.
"""

from typing import Any

from django.core.files import File
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from branding.errors import ImageRefused
from branding.models import BrandingImage
from branding.pictures import apart
from branding.pictures.encoding import ImageLimits, PreparedImage, in_kilobytes

_KILOBYTE = 1024
LIMITS = {
    BrandingImage.Kind.BANNER_LOGO: ImageLimits(gettext_noop("a banner logo"), 245, 36, 50 * _KILOBYTE),
    BrandingImage.Kind.BACKGROUND: ImageLimits(gettext_noop("a background image"), 1920, 1080, 300 * _KILOBYTE),
    BrandingImage.Kind.HEADER_LOGO: ImageLimits(gettext_noop("a header logo"), 245, 36, 50 * _KILOBYTE),
    BrandingImage.Kind.FAVICON: ImageLimits(gettext_noop("a favicon"), 32, 32, 5 * _KILOBYTE),
}


def prepare_image(upload: File[bytes], limits: ImageLimits, *, accepted: ImageLimits | None = None) -> PreparedImage:
    """Check an upload and encode it anew. Raises `ImageRefused`.

    `accepted` is how large it may come, if that is more than the limits: then it is scaled down to them.
    """
    accepted = accepted or limits
    try:
        if upload.size > accepted.size:
            sentence = gettext_noop("The file has %(size)s; %(what)s can have at most %(most_size)s.")
            raise ImageRefused(sentence, size=in_kilobytes(upload.size), **accepted.told)
        upload.seek(0)
        return apart.encoded_anew(upload.read(), limits, accepted)
    except ImageRefused as refusal:
        raise ImageRefused(_said(refusal)) from refusal


def in_words(limits: ImageLimits) -> Any:
    """What may be uploaded, for whoever is about to; said when the page is."""
    words = gettext_lazy("PNG or JPEG, at most {width}×{height} pixels and {size} KB")
    return format_lazy(words, width=limits.width, height=limits.height, size=limits.size // _KILOBYTE)


def _said(refusal: ImageRefused) -> str:
    """The sentence in the reader's language."""
    values = {name: gettext(str(value)) if name == "what" else value for name, value in refusal.values.items()}
    return gettext(refusal.sentence) % values if values else gettext(refusal.sentence)
