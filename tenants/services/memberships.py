"""Who manages a tenant, as rows. Whether somebody may decide that is asked in `operations.administrators`."""

from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.functions import Now
from django_tenants.utils import tenant_context

from audit.services import Actor, record
from tenants.limits import ADMINISTRATORS, refuse_beyond
from tenants.models import InstallationEvent, Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services.life_cycle import in_public


def add_membership(
    *, tenant: Tenant, account_id: UUID, role: str = AdministratorRole.OWNER, actor: Actor
) -> Membership:
    """Make somebody an administrator of a tenant; does nothing if they do already, in whichever role.

    Raises `Refused` beyond the limit.
    """
    with in_public():
        others = Membership.objects.filter(tenant=tenant).exclude(account_id=account_id)
        refuse_beyond(tenant, ADMINISTRATORS, others, field="email")
        membership, is_new = Membership.objects.get_or_create(
            tenant=tenant, account_id=account_id, defaults={"role": role}
        )
        if is_new:
            _record_twice("membership.added", membership, actor, role=role)
    return membership


def change_role(membership: Membership, *, role: str, actor: Actor) -> None:
    """Change the administrator's role in the tenant. Where nothing differs, nothing is noted."""
    before = membership.role
    if role == before:
        return
    with in_public():
        membership.role = role
        membership.save(update_fields=["role"])
        _record_twice("membership.role_changed", membership, actor, role=role, before=before)


def suspend_membership(membership: Membership, *, actor: Actor) -> None:
    """Keep the administrator out of the tenant from their next request on, until it is resumed."""
    if membership.suspended_at is None:
        with in_public():
            _set_suspended(membership, Now())
            _record_twice("membership.suspended", membership, actor, role=membership.role)


def resume_membership(membership: Membership, *, actor: Actor) -> None:
    """Let the suspended administrator in again, in the role they had."""
    if membership.suspended_at is not None:
        with in_public():
            _set_suspended(membership, None)
            _record_twice("membership.resumed", membership, actor, role=membership.role)


def remove_membership(membership: Membership, *, actor: Actor) -> None:
    """Remove the administrator from the tenant; they are out at their next request."""
    is_leaving = actor.id == str(membership.account_id)
    with in_public():
        removed, _ = Membership.objects.filter(pk=membership.pk).delete()
        if removed:
            _record_twice(
                "membership.left" if is_leaving else "membership.removed", membership, actor, role=membership.role
            )


def remove_memberships(*, account_id: UUID, actor: Actor) -> int:
    """Take every membership from an administrator, as when their account is deleted. Returns how many there were."""
    with in_public():
        memberships = list(Membership.objects.filter(account_id=account_id).select_related("tenant"))
        for membership in memberships:
            remove_membership(membership, actor=actor)
    return len(memberships)


def hold_memberships(tenant: Tenant) -> None:
    """Let nobody else decide who manages the tenant until this transaction ends. Call it in one, in public."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)


def _set_suspended(membership: Membership, at: Now | None) -> None:
    membership.suspended_at = at
    membership.save(update_fields=["suspended_at"])
    membership.refresh_from_db()


def _record_twice(action: str, membership: Membership, actor: Actor, **details: str) -> None:
    """One event for the tenant's administrators, in its own log, and one for operators, in the installation's."""
    tenant, told = membership.tenant, {"account": str(membership.account_id), **details}
    record(action, actor=actor, target=tenant, details=told, event_model=InstallationEvent)
    target = _account_of(membership)
    with tenant_context(tenant):
        record(action, actor=actor, target=target, details=told)


def _account_of(membership: Membership) -> models.Model | None:
    """The administrator's account in the home tenant; None if it is gone."""
    with tenant_context(Tenant.objects.home()):
        return get_user_model().objects.filter(pk=membership.account_id).first()
