"""Every write about tenants and memberships. Each enters public by itself, whatever schema the caller serves."""

from tenants.services.life_cycle import (
    create_tenant,
    delete_tenant,
    purge_tenants,
    rename_tenant,
    restore_tenant,
    resume_tenant,
    suspend_tenant,
)
from tenants.services.memberships import add_membership, remove_memberships

__all__ = [
    "add_membership",
    "create_tenant",
    "delete_tenant",
    "purge_tenants",
    "remove_memberships",
    "rename_tenant",
    "restore_tenant",
    "resume_tenant",
    "suspend_tenant",
]
