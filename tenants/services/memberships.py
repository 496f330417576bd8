from uuid import UUID

from audit.services import Actor, record
from tenants.limits import ADMINISTRATORS, refuse_beyond
from tenants.models import InstallationEvent, Membership, Tenant
from tenants.services.life_cycle import in_public


def add_membership(*, tenant: Tenant, account_id: UUID, actor: Actor) -> Membership:
    """Let an administrator manage a tenant; does nothing if they do already. Raises `Refused` beyond the limit."""
    with in_public():
        others = Membership.objects.filter(tenant=tenant).exclude(account_id=account_id)
        refuse_beyond(tenant, ADMINISTRATORS, others.count, field="email")
        membership, is_new = Membership.objects.get_or_create(tenant=tenant, account_id=account_id)
        if is_new:
            record(
                "membership.added",
                actor=actor,
                target=tenant,
                details={"account": str(account_id)},
                event_model=InstallationEvent,
            )
    return membership


def remove_memberships(*, account_id: UUID, actor: Actor) -> int:
    """Take every membership from an administrator, as when their account is deleted. Returns how many there were."""
    with in_public():
        removed, _ = Membership.objects.filter(account_id=account_id).delete()
        if removed:
            record(
                "membership.removed",
                actor=actor,
                details={"account": str(account_id), "memberships": removed},
                event_model=InstallationEvent,
            )
    return removed
