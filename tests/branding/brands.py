"""Brands as Ada gives them to acme, and where she does it."""

from collections.abc import Mapping
from typing import Any

from django_tenants.utils import tenant_context

from audit.services import Actor
from branding.models import Branding
from branding.services import add_language, update_branding
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
}


def brand(tenant: Tenant, locale: str = "", images: Mapping[Any, Any] | None = None, **fields: Any) -> None:
    with tenant_context(tenant):
        if not Branding.objects.filter(locale=locale).exists():
            add_language(locale=locale, actor=ADA)
        update_branding(locale=locale, fields=fields, images=images, actor=ADA)
