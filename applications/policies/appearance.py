"""How large a logo may be."""

from branding.images import ImageLimits

LOGO = ImageLimits("A logo", 512, 512, 100 * 1024)
