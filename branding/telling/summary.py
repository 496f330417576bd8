"""What a branding sets itself, in a few words for a list."""

from django.utils.translation import gettext_lazy as _

from branding.description import BrandingValues
from branding.models import BrandingImage

_PICTURES = {
    BrandingImage.Kind.BANNER_LOGO: _("banner logo"),
    BrandingImage.Kind.BANNER_LOGO_DARK: _("banner logo"),
    BrandingImage.Kind.BACKGROUND: _("background image"),
    BrandingImage.Kind.FAVICON: _("favicon"),
    BrandingImage.Kind.HEADER_LOGO: _("header logo"),
    BrandingImage.Kind.SQUARE_LOGO: _("square logo"),
    BrandingImage.Kind.SQUARE_LOGO_DARK: _("square logo"),
}
_FIELDS = {
    "layout": _("layout"),
    "background_color": _("background colour"),
    "accent_color": _("accent colour"),
    "surface_color": _("card colour"),
    "dark_accent_color": _("dark colours"),
    "dark_background_color": _("dark colours"),
    "dark_surface_color": _("dark colours"),
    "color_scheme": _("light or dark"),
    "font": _("font"),
    "corner_radius": _("shapes"),
    "spacing": _("shapes"),
    "button_style": _("shapes"),
    "input_style": _("shapes"),
    "logo_placement": _("place and size of the logo"),
    "logo_size": _("place and size of the logo"),
    "logo_background_color": _("background of the logo"),
    "dark_logo_background_color": _("background of the logo"),
    "username_hint": _("username hint"),
    "sign_in_page_text": _("sign-in page text"),
    "privacy_text": _("privacy link"),
    "privacy_url": _("privacy link"),
    "terms_text": _("terms link"),
    "terms_url": _("terms link"),
    "reply_to": _("reply address"),
    "support_url": _("support link"),
    "legal_lines": _("legal lines"),
    "header_color": _("header colour"),
    "reset_url": _("ways back in"),
    "cannot_access_text": _("ways back in"),
    "forgot_password_text": _("ways back in"),
    **dict.fromkeys(("shows_reset", "shows_cannot_access", "shows_forgot_password"), _("ways back in")),
    "shows_privacy": _("privacy link"),
    "shows_terms": _("terms link"),
    "custom_css": _("custom CSS"),
}
_SWITCHED = {
    "shows_footer": (_("footer hidden"), _("footer shown")),
    "shows_header": (_("header hidden"), _("header shown")),
}


def what_is_set(values: BrandingValues) -> list[str]:
    """Names of the fields that don't fall back, each once."""
    pictures = [name for kind, name in _PICTURES.items() if kind in values.pictures]
    fields = [name for field, name in _FIELDS.items() if getattr(values, field) not in ("", None)]
    switched = [said[is_shown] for name, said in _SWITCHED.items() if (is_shown := getattr(values, name)) is not None]
    return list(dict.fromkeys(map(str, [*pictures, *fields, *switched])))
