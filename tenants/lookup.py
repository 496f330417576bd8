"""Which tenant an address leads to, kept in the process until something about tenants changes."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django_tenants.utils import get_public_schema_name, schema_context

from common.database.caches import ProcessCache
from common.database.rows import read_one
from tenants.models import Tenant
from tenants.policies import DOMAIN_NAME
from tenants.postgresql import connection, current_schema

PUBLIC = get_public_schema_name()
_SELECT = "SELECT tenant.* FROM tenants_tenant tenant"
_BY_SLUG = f"{_SELECT} WHERE tenant.slug = %s AND NOT tenant.is_home"
_BY_HOST = f"""
    {_SELECT} JOIN tenants_domain domain ON domain.tenant_id = tenant.id
    WHERE domain.domain = %s AND NOT tenant.is_home
"""
_BY_SCHEMA = f"{_SELECT} WHERE tenant.schema_name = %s"
_HOME = f"{_SELECT} WHERE tenant.is_home"
_tenants: ProcessCache[Tenant] = ProcessCache()
# Apart from those there are: strangers may ask for as many others as they like.
_absent: ProcessCache[bool] = ProcessCache()


def tenant_by_slug(slug: str) -> Tenant | None:
    """The customer-facing tenant with this slug."""
    return _find(_BY_SLUG, slug) if DOMAIN_NAME.fullmatch(slug) else None


def tenant_by_host(host: str) -> Tenant | None:
    """The tenant that answers at this host (lower case, without port): below the base host, or one of its domains."""
    base_host = urlsplit(settings.CIAM_BASE_URL).hostname
    if host == base_host:
        return home_tenant()
    if host.endswith(f".{base_host}"):
        return tenant_by_slug(host.removesuffix(f".{base_host}"))
    return _find(_BY_HOST, host)


def tenant_by_schema(schema_name: str) -> Tenant | None:
    """The tenant that owns this schema."""
    return _find(_BY_SCHEMA, schema_name)


def current_tenant() -> Tenant | None:
    """The tenant being served; none where a statement is about the installation."""
    served = connection.tenant
    return served if isinstance(served, Tenant) else tenant_by_schema(current_schema())


def home_tenant() -> Tenant | None:
    """The tenant that serves the portal; none before the first start has made it."""
    return _find(_HOME)


def _find(statement: str, *parameters: str) -> Tenant | None:
    asked = (statement, parameters)
    if _absent.peek(PUBLIC, asked):
        return None
    generation = _absent.generation
    try:
        return _tenants.get(PUBLIC, asked, lambda: _read(statement, parameters))
    except Tenant.DoesNotExist:
        _absent.keep(PUBLIC, asked, True, generation=generation)
        return None


def _read(statement: str, parameters: Sequence[str]) -> Tenant:
    with schema_context(PUBLIC):
        tenant = read_one(Tenant, statement, parameters)
    if tenant is None:
        raise Tenant.DoesNotExist
    return tenant
