"""How large a logo is kept, and how many bytes one that is fetched may have: it is scaled down."""

from branding.pictures.encoding import ImageLimits

LOGO = ImageLimits(256, 256, 100 * 1024, light=30 * 1024, is_mark=True)
MOST_BYTES_FETCHED = 500 * 1024
