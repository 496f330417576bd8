"""Administrators of a tenant: their roles changed, suspended, removed; and leaving."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from audit.services import Actor
from operations.administrators.authority import (
    deciding,
    insist_on_another_owner,
    insist_on_authority,
    insist_on_role,
)
from portal_frame.access import Need
from tenants import services
from tenants.errors import MembershipGone
from tenants.models import Membership, Tenant
from tenants.services import in_public


def change_role(membership: Membership, *, role: str, actor: Actor) -> None:
    """Change the role that an administrator has in a tenant.

    Raises `MayNotGrant`, also for one's own role upward, `LastOwner` and `MembershipGone`.
    """
    with _deciding_about(membership, actor) as (current, held):
        insist_on_role(role, tenant=current.tenant)
        insist_on_authority(current.role, role, held=held, tenant=current.tenant)
        if role != current.role:
            insist_on_another_owner(current)
            services.change_role(current, role=role, actor=actor)


def suspend(membership: Membership, *, actor: Actor) -> None:
    """Keep an administrator out of their tenant from their next request on.

    Raises `MayNotGrant`, `LastOwner` and `MembershipGone`.
    """
    with _deciding_about(membership, actor) as (current, held):
        insist_on_authority(current.role, held=held, tenant=current.tenant)
        insist_on_another_owner(current)
        services.suspend_membership(current, actor=actor)


def resume(membership: Membership, *, actor: Actor) -> None:
    """Let a suspended administrator in again. Raises `MayNotGrant` and `MembershipGone`."""
    with _deciding_about(membership, actor) as (current, held):
        insist_on_authority(current.role, held=held, tenant=current.tenant)
        services.resume_membership(current, actor=actor)


def remove(membership: Membership, *, actor: Actor) -> None:
    """Remove an administrator from their tenant. Whoever leaves by themselves needs no permission.

    Raises `MayNotGrant`, `LastOwner` and `MembershipGone`.
    """
    with _deciding_about(membership, actor) as (current, held):
        if actor.id != str(current.account_id):
            insist_on_authority(current.role, held=held, tenant=current.tenant)
        insist_on_another_owner(current)
        services.remove_membership(current, actor=actor)


def remove_everywhere(account_id: UUID, *, actor: Actor) -> int:
    """Take every tenant from an administrator, as when they leave the house: all or none. Returns how many.

    Raises `MayNotGrant`, `MembershipGone`, or `LastOwner`, which names the tenant.
    """
    with in_public():
        # In one order, so that of two who remove the same person neither waits for the other for ever.
        theirs = Membership.objects.filter(account_id=account_id).select_related("tenant").order_by("tenant")
        memberships = list(theirs)
        for membership in memberships:
            remove(membership, actor=actor)
    return len(memberships)


@contextmanager
def _deciding_about(membership: Membership, actor: Actor) -> Iterator[tuple[Membership, Need]]:
    """The membership as it is by now, and what the actor is allowed. Raises `MembershipGone`."""
    with deciding(membership.tenant, actor=actor) as held:
        current = Membership.objects.select_related("tenant").filter(pk=membership.pk).first()
        if current is None:
            raise MembershipGone
        yield current, held


def membership_of(account_id: UUID, *, tenant: Tenant) -> Membership | None:
    """The administrator's membership in this tenant, suspended or not. Serves public."""
    return Membership.objects.select_related("tenant").filter(tenant=tenant, account_id=account_id).first()
