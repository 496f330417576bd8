"""Finding what an option names."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django_tenants.utils import schema_context, tenant_context

from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import normalise_domain_name
from tenants.schema.upgrade import migration_state


def tenant_named(domain: str) -> Tenant:
    """The tenant with this domain name, in whatever state; `home` is the portal's own."""
    with schema_context(PUBLIC):
        tenant = Tenant.objects.filter(slug=normalise_domain_name(domain)).first()
    if tenant is None:
        raise CommandError(f"There is no tenant with the domain “{domain}”. `manage.py tenant list` names them all.")
    return tenant


@contextmanager
def serving(domain: str) -> Iterator[Tenant]:
    """Work inside the tenant with this domain name, as long as its tables are those of this release."""
    tenant = tenant_named(domain)
    if tenant.state == Tenant.State.DELETED:
        raise CommandError(f"“{tenant.name}” is deleted. Restore it first: manage.py tenant restore --tenant {domain}")
    if tenant.migration_state != migration_state():
        raise CommandError(f"“{tenant.name}” isn't at the state of this release. Run `manage.py upgrade` first.")
    with tenant_context(tenant):
        yield tenant
