"""Uploaded images: checked by their header, decoded, and encoded anew before they are kept.

Nothing of the upload's bytes survives: no metadata, no tail behind the picture, no second frame. Its name and the type
it claims to have are never looked at. Everything refused says why, in words for whoever uploaded it.
"""

from django.core.files import File

from branding.errors import ImageRefused
from branding.models import BrandingImage
from branding.pictures import apart
from branding.pictures.encoding import ImageLimits, PreparedImage, in_kilobytes

_KILOBYTE = 1024
LIMITS = {
    BrandingImage.Kind.BANNER_LOGO: ImageLimits("A banner logo", 245, 36, 50 * _KILOBYTE),
    BrandingImage.Kind.BACKGROUND: ImageLimits("A background image", 1920, 1080, 300 * _KILOBYTE),
    BrandingImage.Kind.FAVICON: ImageLimits("A favicon", 32, 32, 5 * _KILOBYTE),
}


def prepare_image(upload: File[bytes], limits: ImageLimits, *, accepted: ImageLimits | None = None) -> PreparedImage:
    """Check an upload and encode it anew. Raises `ImageRefused`.

    `accepted` is how large it may come, if that is more than the limits: then it is scaled down to them.
    """
    accepted = accepted or limits
    if upload.size > accepted.size:
        raise ImageRefused(f"The file has {in_kilobytes(upload.size)}; {accepted.allowed_size}.")
    upload.seek(0)
    return apart.encoded_anew(upload.read(), limits, accepted)
