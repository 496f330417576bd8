"""What a branding sets itself, in a few words for a list."""

from branding.look import BrandingValues
from branding.models import BrandingImage

_PICTURES = {
    BrandingImage.Kind.BANNER_LOGO: "banner logo",
    BrandingImage.Kind.BACKGROUND: "background image",
    BrandingImage.Kind.FAVICON: "favicon",
}
_FIELDS = {
    "layout": "layout",
    "background_color": "background colour",
    "accent_color": "accent colour",
    "username_hint": "username hint",
    "sign_in_page_text": "sign-in page text",
    "privacy_text": "privacy link",
    "privacy_url": "privacy link",
    "terms_text": "terms link",
    "terms_url": "terms link",
    "reply_to": "reply address",
    "support_url": "support link",
    "legal_lines": "legal lines",
}


def what_is_set(values: BrandingValues) -> list[str]:
    """Names of the fields that don't fall back, each once."""
    pictures = [name for kind, name in _PICTURES.items() if kind in values.pictures]
    fields = [name for field, name in _FIELDS.items() if getattr(values, field)]
    footer = {True: ["footer shown"], False: ["footer hidden"], None: []}[values.shows_footer]
    return list(dict.fromkeys([*pictures, *fields, *footer]))
