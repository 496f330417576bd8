"""Which tenant an address leads to, kept in the process until something about tenants changes."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django_tenants.utils import get_public_schema_name, schema_context

from common.caches import ProcessCache
from tenants.models import Tenant
from tenants.policies import DOMAIN_NAME
from tenants.postgresql import current_schema

PUBLIC = get_public_schema_name()
_tenants: ProcessCache[Tenant | None] = ProcessCache()


def tenant_by_slug(slug: str) -> Tenant | None:
    """The customer-facing tenant with this slug."""
    if not DOMAIN_NAME.fullmatch(slug):
        return None
    return _tenants.get(PUBLIC, ("slug", slug), lambda: _read(Q(slug=slug, is_home=False)))


def tenant_by_host(host: str) -> Tenant | None:
    """The tenant that answers at this host (lower case, without port): below the base host, or one of its domains."""
    base_host = urlsplit(settings.CIAM_BASE_URL).hostname
    if host == base_host:
        return home_tenant()
    if host.endswith(f".{base_host}"):
        return tenant_by_slug(host.removesuffix(f".{base_host}"))
    return _tenants.get(PUBLIC, ("host", host), lambda: _read(Q(domains__domain=host, is_home=False)))


def tenant_by_schema(schema_name: str) -> Tenant | None:
    """The tenant that owns this schema."""
    return _tenants.get(PUBLIC, ("schema", schema_name), lambda: _read(Q(schema_name=schema_name)))


def current_tenant() -> Tenant | None:
    """The tenant being served; none where a statement is about the installation."""
    return tenant_by_schema(current_schema())


def home_tenant() -> Tenant | None:
    """The tenant that serves the portal; none before the first start has made it."""
    return _tenants.get(PUBLIC, "home", lambda: _read(Q(is_home=True)))


def _read(which: Q) -> Tenant | None:
    with schema_context(PUBLIC):
        return Tenant.objects.filter(which).first()
