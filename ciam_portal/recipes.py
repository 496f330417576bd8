"""Stories that touch several apps, each told once."""

from uuid import UUID

from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from audit.services import Actor
from branding.services import create_default_branding
from oidc.services import create_signing_keys
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.services import add_membership, create_tenant
from userflows.services.definition import create_default_user_flow


def onboard_tenant(
    *, name: str, slug: str, country: str = "", owner_id: UUID | None = None, is_home: bool = False, actor: Actor
) -> Tenant:
    """Make a tenant that works: schema and role, signing keys, a default user flow, neutral branding, an administrator.

    All of it in one transaction: whatever goes wrong, nothing is left. `owner_id` is an account of the home tenant.
    Raises what `create_tenant` raises.
    """
    with schema_context(PUBLIC), transaction.atomic():
        tenant = create_tenant(name=name, slug=slug, country=country, is_home=is_home, actor=actor)
        with tenant_context(tenant):
            create_signing_keys(actor=actor)
            create_default_user_flow(actor=actor, allows_sign_up=not is_home)
            create_default_branding(actor=actor)
        if owner_id is not None:
            add_membership(tenant=tenant, account_id=owner_id, actor=actor)
    return tenant
