"""Where a tenant answers: one setting chooses between a path and a host for each, and all else asks here.

`path`: `<base>/t/<slug>/`, for a developer's machine, where `*.localhost` doesn't resolve for most clients.
`host`: `<scheme>://<slug>.<base host>/`, for production: browsers then keep tenants apart by origin.
The home tenant answers at the base address itself. A tenant answers at domains of
its own, too. Addresses come from settings and rows, never from a request's Host.
"""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from tenants.models import Tenant

PATH_PREFIX = "/t/"


def uses_paths() -> bool:
    """Whether tenants are told apart by path rather than by host."""
    return bool(settings.CIAM_TENANT_ADDRESSING == "path")


def base_url(tenant: Tenant) -> str:
    """The tenant's address without a trailing slash; its issuer and all its links begin with it.

    It is the default one, or the domain of the tenant's own that it has chosen for that.
    """
    return custom_url(tenant.issuer_domain) if tenant.issuer_domain else default_url(tenant)


def custom_url(domain: str) -> str:
    """The address at a domain of a tenant's own, without a trailing slash."""
    parts = urlsplit(settings.CIAM_BASE_URL)
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{domain}{port}", "", "", ""))


def default_url(tenant: Tenant) -> str:
    """The address that each tenant has from the beginning, and keeps."""
    base: str = settings.CIAM_BASE_URL
    if tenant.is_home:
        return base
    if uses_paths():
        return f"{base}{PATH_PREFIX}{tenant.slug}"
    parts = urlsplit(base)
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{tenant.slug}.{parts.hostname}{port}", "", "", ""))


def own_urls(tenant: Tenant) -> tuple[str, ...]:
    """The addresses of the tenant's that its issuer may be called by: the default one, and the one it is called by."""
    return tuple(dict.fromkeys((default_url(tenant), base_url(tenant))))


def script_prefix(tenant: Tenant) -> str:
    """The path before every path of this tenant, without a trailing slash: empty but in path addressing."""
    return f"{PATH_PREFIX}{tenant.slug}" if uses_paths() and not tenant.is_home else ""
