"""How large a logo may be, and how large one that is fetched may come: it is scaled down."""

from branding.pictures.encoding import ImageLimits

LOGO = ImageLimits("a logo", 512, 512, 100 * 1024)
FETCHED_LOGO = ImageLimits("a logo", 2048, 2048, 500 * 1024)
