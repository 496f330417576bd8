from django.urls import reverse

from branding.models import DEFAULT
from tenants.models import Tenant

# The default's locale is "", which an address can't hold.
_DEFAULT_SLUG = "default"


def locale_of(slug: str) -> str:
    """The locale that an address names."""
    return DEFAULT if slug == _DEFAULT_SLUG else slug


def address_of(name: str, tenant: Tenant, locale: str) -> str:
    """The portal's address of a page about the branding for a locale."""
    return reverse(f"portal:{name}", args=[tenant.slug, locale or _DEFAULT_SLUG])
