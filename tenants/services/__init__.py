"""Every write about tenants and memberships. Each enters public by itself, whatever schema the caller serves."""

from tenants.services.domains import call_issuer_by, check_domain, check_due_domains, claim_domain, remove_domain
from tenants.services.life_cycle import (
    apply,
    create_tenant,
    delete_tenant,
    describe,
    in_public,
    purge_tenants,
    restore_tenant,
    resume_tenant,
    suspend_tenant,
)
from tenants.services.limits import limit_tenant, limit_tenants
from tenants.services.memberships import (
    add_membership,
    change_role,
    hold_memberships,
    remove_membership,
    remove_memberships,
    resume_membership,
    suspend_membership,
)

__all__ = [
    "add_membership",
    "apply",
    "call_issuer_by",
    "change_role",
    "check_domain",
    "check_due_domains",
    "claim_domain",
    "create_tenant",
    "delete_tenant",
    "describe",
    "hold_memberships",
    "in_public",
    "limit_tenant",
    "limit_tenants",
    "purge_tenants",
    "remove_domain",
    "remove_membership",
    "remove_memberships",
    "restore_tenant",
    "resume_membership",
    "resume_tenant",
    "suspend_membership",
    "suspend_tenant",
]
