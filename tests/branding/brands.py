"""Brands as Ada gives them to acme, and where she does it."""

from collections.abc import Mapping
from typing import Any

from django_tenants.utils import tenant_context

from audit.services import Actor
from branding.models import Branding, Theme
from branding.services import add_language, update_branding
from branding.themes.services import ThemeDescription, create_theme
from branding.versions.services import is_published, publish
from tenants.models import Tenant

ADA = Actor("administrator", "1", "ada@portal.example")
PAGE = "/tenants/acme/branding/"
DEFAULT = f"{PAGE}default/"
GERMAN = f"{PAGE}de/"
NOTHING: dict[str, Any] = {
    "layout": "",
    "background_color": "",
    "accent_color": "",
    "username_hint": "",
    "sign_in_page_text": "",
    "shows_footer": "",
    "privacy_text": "",
    "privacy_url": "",
    "terms_text": "",
    "terms_url": "",
    "reply_to": "",
    "support_url": "",
    "legal_lines": "",
    "surface_color": "",
    "dark_accent_color": "",
    "dark_background_color": "",
    "dark_surface_color": "",
    "color_scheme": "",
    "font": "",
    "corner_radius": "",
    "spacing": "",
    "button_style": "",
    "input_style": "",
    "logo_placement": "",
    "logo_size": "",
    "logo_background_color": "",
    "dark_logo_background_color": "",
}


def draft(
    tenant: Tenant,
    locale: str = "",
    images: Mapping[Any, Any] | None = None,
    theme: Theme | None = None,
    **fields: Any,
) -> None:
    with tenant_context(tenant):
        if not Branding.objects.filter(theme=theme, locale=locale).exists():
            add_language(locale=locale, theme=theme, actor=ADA)
        update_branding(locale=locale, fields=fields, images=images, theme=theme, actor=ADA)


def published(tenant: Tenant, theme: Theme | None = None) -> None:
    """Let customers see the draft, if they don't."""
    with tenant_context(tenant):
        if not is_published(theme):
            publish(theme=theme, actor=ADA)


def brand(tenant: Tenant, locale: str = "", **given: Any) -> None:
    """A draft that is published."""
    draft(tenant, locale, **given)
    published(tenant, given.get("theme"))


def theme_of(tenant: Tenant, *client_ids: str, name: str = "Kids") -> Theme:
    with tenant_context(tenant):
        return create_theme(ThemeDescription(name, client_ids), actor=ADA)
