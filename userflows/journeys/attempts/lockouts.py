"""Who is kept out after too many tries, and letting them in again."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Account
from audit.models import Event
from audit.reasons import Reason
from audit.services import Actor, record
from common.web.limits import used_up
from userflows.journeys.attempts.holds import kept_out, let_in_again, limits_of
from userflows.journeys.attempts.limits import HOUR

MOST_LOCKED = 500


def locked_accounts() -> set[UUID]:
    """The accounts of this tenant that a limit keeps out now and has refused within the hour: 500 at most.

    Limits know no accounts, so those are asked about whom the log names.
    """
    refused: dict[UUID, set[str]] = {}
    events = Event.objects.activity().failures().since(timezone.now() - timedelta(seconds=HOUR))
    named = events.filter(reason=Reason.TOO_MANY_ATTEMPTS).exclude(account_id=None).newest_first()
    for account_id, ip in named.values_list("account_id", "ip")[: 10 * MOST_LOCKED]:
        if account_id and (account_id in refused or len(refused) < MOST_LOCKED):
            refused.setdefault(account_id, set()).update([ip] if ip else [])
    addresses = dict(Account.objects.filter(pk__in=refused).values_list("pk", "email"))
    whose = {
        attempt: account_id
        for account_id, email in addresses.items()
        for attempt in limits_of(email, refused[account_id])
    }
    return {whose[limit, subject] for limit, subject, _ in used_up(*whose)} if whose else set()


def lift_lockout(account: Account, *, ips: Collection[str] = (), actor: Actor) -> None:
    """Begin the limits of this account anew; `ips` are the places from which it was tried of late."""
    lifted = sorted({limit.name for limit, _, _ in kept_out(account.email, ips)})
    let_in_again(account.email, ips)
    record("customer.unlocked", actor=actor, target=account, details={"limits": lifted})
