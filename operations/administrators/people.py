"""Who the administrators of a tenant are: their memberships, with what their accounts in the home tenant tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account, Session
from audit.models import Event
from operations.administrators.authority import owners_who_can_sign_in
from portal_frame.roles import name_of
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant

NAMED = 3


def has_one_owner(tenant: Tenant) -> bool:
    """Whether just one owner of the tenant can sign in. Operators count only in the home tenant."""
    with schema_context(PUBLIC):
        owners = owners_who_can_sign_in(tenant)
        with tenant_context(Tenant.objects.home()):
            return owners[:2].count() == 1


@dataclass(frozen=True)
class Administrator:
    """An administrator of one tenant. `account` is None if it is gone for good; `seen_at` if nobody has seen them."""

    membership: Membership
    account: Account | None
    seen_at: datetime | None

    @property
    def name(self) -> str:
        """What to call them."""
        return (self.account.name or self.account.email) if self.account else gettext("Deleted account")

    @property
    def role(self) -> str:
        """The name of their role."""
        return name_of(self.membership.role)

    @property
    def can_sign_in(self) -> bool:
        """Whether their account is neither disabled nor deleted."""
        return self.account is not None and self.account.is_active and self.account.deleted_at is None


def administrators_of(memberships: Sequence[Membership]) -> list[Administrator]:
    """These memberships with their people, in the same order, however many there are in three statements."""
    ids = {membership.account_id for membership in memberships}
    with schema_context(PUBLIC), tenant_context(Tenant.objects.home()):
        accounts = Account.objects.in_bulk(list(ids))
        seen = last_seen(ids)
    return [Administrator(each, accounts.get(each.account_id), seen.get(each.account_id)) for each in memberships]


def last_seen(account_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each of these accounts was seen last in the tenant being served: in a session, or else when it signed in.

    Those that weren't seen as long as events are kept are missing.
    """
    ids = list(account_ids)
    signed_in = Event.objects.filter(account_id__in=ids, action="customer.signed_in")
    seen = dict(signed_in.values_list("account_id").annotate(last=Max("at")))
    used = Session.objects.filter(account_id__in=ids).values_list("account_id").annotate(last=Max("seen_at"))
    return seen | {account_id: max(at, seen.get(account_id, at)) for account_id, at in used}


@dataclass(frozen=True)
class PersonWithTenants:
    """Somebody with an account in the home tenant, with all that they manage; the first few tenants by name.

    `tenants` come with the names of their roles there; `since` when somebody manages what they have managed longest.
    """

    account: Account
    operator_role: str
    tenants: Sequence[tuple[Membership, str]]
    more: int
    since: datetime | None
    seen_at: datetime | None


def people_of(accounts: Sequence[Account]) -> list[PersonWithTenants]:
    """These accounts with what they manage, in the same order, in three statements. Serves the home tenant."""
    ids = [account.pk for account in accounts]
    seen = last_seen(ids)
    with schema_context(PUBLIC):
        found = Membership.objects.in_force().filter(account_id__in=ids).select_related("tenant")
        theirs: dict[UUID, list[Membership]] = {}
        for membership in found.order_by("tenant__name", "pk"):
            theirs.setdefault(membership.account_id, []).append(membership)
    return [_person(account, theirs.get(account.pk, []), seen.get(account.pk)) for account in accounts]


def _person(account: Account, memberships: Sequence[Membership], seen_at: datetime | None) -> PersonWithTenants:
    operator = [each for each in memberships if each.tenant.is_home]
    tenants = [each for each in memberships if not each.tenant.is_home]
    return PersonWithTenants(
        account=account,
        operator_role=name_of(operator[0].role) if operator else "",
        tenants=[(each, name_of(each.role)) for each in tenants[:NAMED]],
        more=max(0, len(tenants) - NAMED),
        since=min((each.created_at for each in memberships), default=None),
        seen_at=seen_at,
    )
