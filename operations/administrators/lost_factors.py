"""Second factors taken away from administrators who have lost them, and so couldn't come in any more."""

from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import judged_reason
from accounts.models import Account
from accounts.sessions.services import sign_out_everywhere
from audit.services import Actor
from operations.administrators.authority import deciding
from portal_frame.access import Need
from tenants.errors import MayNotRemoveFactors
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from userflows.factors.passkeys import remove_lost_passkeys
from userflows.factors.phones import remove_lost_phone
from userflows.factors.services import remove_second_factor


def remove_factors(account: Account, *, reason: str, actor: Actor) -> bool:
    """Take all second factors from an administrator, who is told by mail and signed out everywhere.

    An account of the home tenant may manage any number of tenants, so only who looks after all of them may do so, and
    nobody about themselves. Returns whether there were any. Raises `MayNotRemoveFactors`, or `Refused` for `reason`.
    """
    reason = judged_reason(reason)
    with schema_context(PUBLIC):
        home = Tenant.objects.home()
    with deciding(home, actor=actor) as held:
        if Need.INSTALLATION_CHANGE not in held or actor.id == str(account.pk):
            raise MayNotRemoveFactors
        with tenant_context(home):
            current = Account.objects.get(pk=account.pk)
            if not current.factors:
                return False
            remove_second_factor(current, reason=reason, actor=actor)
            remove_lost_passkeys(current, reason=reason, actor=actor)
            remove_lost_phone(current, reason=reason, actor=actor)
            sign_out_everywhere(current, reason=reason, actor=actor)
    return True
