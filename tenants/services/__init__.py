"""Every write about tenants and memberships. Each enters public by itself, whatever schema the caller serves."""

from tenants.services.life_cycle import (
    apply,
    create_tenant,
    delete_tenant,
    describe,
    purge_tenants,
    restore_tenant,
    resume_tenant,
    suspend_tenant,
)
from tenants.services.memberships import add_membership, remove_memberships

__all__ = [
    "add_membership",
    "apply",
    "create_tenant",
    "delete_tenant",
    "describe",
    "purge_tenants",
    "remove_memberships",
    "restore_tenant",
    "resume_tenant",
    "suspend_tenant",
]
