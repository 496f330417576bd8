"""What an administrator may be, read before every page of the portal: their role, and the tenant that they ask for."""

from uuid import UUID

from common.database.rows import ask, columns_of, read_one
from tenants.models import Tenant

_OPERATOR = """
    SELECT membership.role FROM public.tenants_membership membership
    JOIN public.tenants_tenant tenant ON tenant.id = membership.tenant_id
    WHERE tenant.is_home AND membership.account_id = %s AND membership.suspended_at IS NULL
"""
_ASKED_FOR = f"""
    SELECT {columns_of(Tenant, "tenant")}, membership.role FROM public.tenants_tenant tenant
    LEFT JOIN public.tenants_membership membership
    ON membership.tenant_id = tenant.id AND membership.account_id = %s AND membership.suspended_at IS NULL
    WHERE tenant.slug = %s
"""  # noqa: S608 - names of our own


def operator_role_of(account_id: UUID) -> str:
    """The administrator's role in the home tenant; "" if they aren't an operator. Read it while public is served."""
    row = ask(_OPERATOR, [account_id]).row
    return row[0] if row else ""


def tenant_with_role_of(account_id: UUID, *, slug: str) -> tuple[Tenant, str] | None:
    """The tenant with this slug, and the administrator's role in it, "" for none. Read it while public is served."""
    tenant = read_one(Tenant, _ASKED_FOR, [account_id, slug], besides=["role"])
    return (tenant, vars(tenant)["role"] or "") if tenant else None
