"""What somebody may decide about the administrators of a tenant, asked anew under the lock of each decision."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from portal_frame.access import NOTHING, OF_A_TENANT, OF_THE_INSTALLATION, Need, allowed, may_grant
from tenants.errors import LastOwner, MayNotGrant
from tenants.memberships import operator_role_of
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole, roles_in
from tenants.services import hold_memberships, in_public

EVERYTHING = OF_A_TENANT | OF_THE_INSTALLATION
# Whoever has the command line has the database, and the product gives nothing by itself.
TRUSTED = {"command", "system"}


@contextmanager
def deciding(tenant: Tenant, *, actor: Actor) -> Iterator[Need]:
    """Serve public while nobody else decides about this tenant, and tell what the actor is allowed in it now."""
    with in_public():
        hold_memberships(tenant)
        yield held_by(actor, tenant=tenant)


def held_by(actor: Actor, *, tenant: Tenant) -> Need:
    """All that the actor is allowed in this tenant, by the memberships as they are in the database. Serves public."""
    if actor.kind in TRUSTED:
        return EVERYTHING
    if actor.kind != "administrator":
        return NOTHING
    account_id = UUID(actor.id)
    mine = Membership.objects.in_force().filter(account_id=account_id, tenant=tenant)
    role = mine.values_list("role", flat=True).first() or ""
    return allowed(as_operator=operator_role_of(account_id), in_the_tenant=role)


def may_give(role: str, *, held: Need, tenant: Tenant) -> bool:
    """Whether whoever holds this much may give this role in the tenant, and take it."""
    return may_grant(role, held=held, is_home=tenant.is_home)


def insist_on_authority(*roles: str, held: Need, tenant: Tenant) -> None:
    """Raise `MayNotGrant` unless whoever holds this much may give and take each of these roles in the tenant."""
    if not all(may_give(role, held=held, tenant=tenant) for role in roles):
        raise MayNotGrant


def insist_on_role(role: str, *, tenant: Tenant) -> None:
    """Raise `MayNotGrant` unless the tenant has this role to give."""
    if role not in roles_in(is_home=tenant.is_home):
        at_home = gettext("Operators are owners, auditors or readers.")
        raise MayNotGrant(at_home if tenant.is_home else gettext("There is no such role."))


def insist_on_another_owner(membership: Membership) -> None:
    """Raise `LastOwner` if this is the only owner of its tenant who can sign in. Call it while deciding."""
    if membership.role != AdministratorRole.OWNER or membership.suspended_at is not None:
        return
    others = owners_who_can_sign_in(membership.tenant).exclude(pk=membership.account_id)
    with tenant_context(Tenant.objects.home()):
        if not others.exists():
            raise LastOwner(membership.tenant.name)


def owners_who_can_sign_in(tenant: Tenant) -> QuerySet[Account]:
    """The accounts of the tenant's owners, but for those that are blocked or deleted, even for a while.

    Call it while public is served, and read what it returns while the home tenant is.
    """
    ids = Membership.objects.owners().filter(tenant=tenant).values_list("account_id", flat=True)
    return Account.objects.kept().filter(pk__in=list(ids), is_active=True)
