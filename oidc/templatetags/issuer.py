"""The issuer, for pages of packages that know nothing of it."""

from django import template

from oidc.wire.addresses import issuer_of
from tenants.models import Tenant

register = template.Library()


@register.simple_tag
def issuer(tenant: Tenant) -> str:
    """The tenant's issuer."""
    return issuer_of(tenant)
