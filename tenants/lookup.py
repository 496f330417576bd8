"""Which tenant an address leads to, kept in the process until something about tenants changes."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django_tenants.utils import get_public_schema_name, schema_context

from common.database.caches import ProcessCache
from common.database.rows import columns_of, row_in
from tenants.addressing import PATH_PREFIX, base_url, custom_url, default_url, uses_paths
from tenants.models import Domain, DomainClaim, Tenant
from tenants.policies import DOMAIN_NAME, HOST_NAME
from tenants.postgresql import connection, current_schema

PUBLIC = get_public_schema_name()
_SELECT = f"SELECT {columns_of(Tenant, 'tenant')} FROM public.tenants_tenant tenant"  # noqa: S608 - names of our own
_BY_NAME = {
    "home": f"{_SELECT} WHERE tenant.is_home",
    "slug": f"{_SELECT} WHERE tenant.slug = %s AND NOT tenant.is_home",
    "host": f"""
        {_SELECT} JOIN public.tenants_domain domain ON domain.tenant_id = tenant.id
        WHERE domain.domain = %s AND NOT tenant.is_home
    """,
}
_BY_SCHEMA = f"{_SELECT} WHERE tenant.schema_name = %s"
_tenants: ProcessCache[Tenant] = ProcessCache()
# Apart from those there are: strangers may ask for as many others as they like.
_absent: ProcessCache[bool] = ProcessCache()


class Name(NamedTuple):
    """What stands for a tenant in an address: a slug, a host of its own, or nothing for the home tenant."""

    kind: str
    value: str = ""


HOST_PORT = re.compile(r":\d*$")
SHAPES = {"slug": DOMAIN_NAME, "host": HOST_NAME}
HOME = Name("home")
_met: dict[Name, str] = {}
"""The schema that each name has led to, kept for good: there are as many as there are names of tenants."""


def tenant_with_domain(host: str) -> Tenant | None:
    """The tenant that holds this host as a domain of its own, however the host is written."""
    return _tenant(Name("host", _bare(host)))


def tenant_at(host: str, path: str) -> Tenant | None:
    """The tenant that answers at this path under this host, however the host is written."""
    return _tenant(name_at(host, path))


def schema_met_by(name: Name) -> str:
    """The schema of the tenant that the name has led to before; "" if none has. Waits for nothing and nobody."""
    return _met.get(name, "")


def tenant_by_slug(slug: str) -> Tenant | None:
    """The customer-facing tenant with this slug."""
    return _tenant(Name("slug", slug))


def tenant_by_schema(schema_name: str) -> Tenant | None:
    """The tenant that owns this schema."""
    return _find(_BY_SCHEMA, [schema_name])


def current_tenant() -> Tenant | None:
    """The tenant being served; none where a statement is about the installation."""
    served = connection.tenant
    return served if isinstance(served, Tenant) else tenant_by_schema(current_schema())


def home_tenant() -> Tenant | None:
    """The tenant that serves the portal; none before the first start has made it."""
    return _tenant(HOME)


def name_at(host: str, path: str) -> Name:
    """What the address calls the tenant that answers at this path under this host, whether there is one or not."""
    bare = _bare(host)
    if not uses_paths():
        return _name_of(bare)
    if not validate_host(bare, settings.ALLOWED_HOSTS):
        return Name("host", bare)
    if not path.startswith(PATH_PREFIX):
        return HOME
    return Name("slug", path.removeprefix(PATH_PREFIX).partition("/")[0])


def url_at(host: str, tenant: Tenant) -> str:
    """The tenant's address at a host that has led to it, without a trailing slash: a domain of its own, or the default.

    What the host is compared with are settings and rows; nothing else a request names ever comes out.
    """
    default = default_url(tenant)
    own = None if _bare(host) == urlsplit(default).hostname else tenant_with_domain(host)
    return custom_url(_bare(host)) if own is not None and own.pk == tenant.pk else default


def urls_of(tenant: Tenant) -> list[str]:
    """All addresses that the tenant answers at, the one its issuer is called by first, each without a slash."""
    with schema_context(PUBLIC):
        domains = Domain.objects.filter(tenant=tenant).order_by("domain").values_list("domain", flat=True)
        own = [custom_url(domain) for domain in domains if not is_of_installation(domain)]
    return list(dict.fromkeys([base_url(tenant), default_url(tenant), *own]))


def related_urls(tenant: Tenant) -> list[str]:
    """The tenant's addresses at hosts that are its alone, the default one first, each without a slash.

    A host that several tenants share isn't among them, nor a domain that doesn't lead here any more.
    """
    with schema_context(PUBLIC):
        live = DomainClaim.objects.filter(tenant=tenant, state=DomainClaim.State.LIVE, failing_since=None)
        own = [custom_url(domain) for domain in live.order_by("domain").values_list("domain", flat=True)]
    return own if uses_paths() else [default_url(tenant), *own]


def is_of_installation(host: str) -> bool:
    """Whether a host, with or without port, is the installation's own or lies below it."""
    bare = _bare(host)
    return bare == settings.BASE_HOST or bare.endswith(f".{settings.BASE_HOST}")


def _bare(host: str) -> str:
    """Case, port and the final dot of a full name make no other host of it."""
    return HOST_PORT.sub("", host).lower().rstrip(".")


def _name_of(bare: str) -> Name:
    base_host = urlsplit(settings.CIAM_BASE_URL).hostname
    if bare == base_host:
        return HOME
    if bare.endswith(f".{base_host}"):
        return Name("slug", bare.removesuffix(f".{base_host}"))
    return Name("host", bare)


def _tenant(name: Name) -> Tenant | None:
    if name.kind in SHAPES and not SHAPES[name.kind].fullmatch(name.value):
        # Whatever else strangers write: nobody is asked for it, and nothing of it is kept.
        return None
    tenant = _find(_BY_NAME[name.kind], [name.value] if name.value else [])
    if tenant is not None:
        _met[name] = tenant.schema_name
    return tenant


def _find(statement: str, parameters: Sequence[str]) -> Tenant | None:
    asked = (statement, *parameters)
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
        tenant = row_in(Tenant, connection.find_and_serve(statement, parameters))
    if tenant is None:
        raise Tenant.DoesNotExist
    return tenant
