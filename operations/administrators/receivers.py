"""What administrators mean for others: an account that somebody blocks or deletes may be the last owner's."""

from typing import Any

from django.dispatch import receiver

from accounts.identity.signals import account_shutting
from accounts.models import Account
from common.problems import Code, Problem, Refused
from operations.administrators.authority import insist_on_another_owner
from tenants.errors import LastOwner
from tenants.lookup import current_tenant
from tenants.models import Membership
from tenants.services import hold_memberships, in_public


@receiver(account_shutting)
def keep_last_owner(account: Account, **_: Any) -> None:
    """Refuse what would leave a tenant without an owner who can sign in. Raises `Refused`."""
    tenant = current_tenant()
    if tenant is None or not tenant.is_home:
        return
    with in_public():
        # In one order, so that of two who do so at once neither waits for the other for ever.
        owned = Membership.objects.owners().filter(account_id=account.pk).select_related("tenant").order_by("tenant")
        for membership in owned:
            hold_memberships(membership.tenant)
            try:
                insist_on_another_owner(membership)
            except LastOwner as error:
                raise Refused([Problem(Code.NOT_ALLOWED, "", str(error))]) from error
