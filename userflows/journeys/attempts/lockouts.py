"""Who is kept out after too many tries, and letting them in again."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Account
from audit.models import Event
from audit.reasons import Reason
from audit.services import Actor, record
from common.web.limits import Limit, used_up
from userflows.journeys.attempts.holds import kept_out, let_in_again, limits_of
from userflows.journeys.attempts.limits import HOUR, LONGEST_FROM_HERE

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


def holds_of(account: Account) -> list[tuple[Limit, str, int]]:
    """The limits by which this account is kept from signing in now, as `kept_out` tells them."""
    return kept_out(account.email, _places_of(account))


def lift_lockout(account: Account, *, actor: Actor) -> None:
    """Begin the limits of this account anew, also those of the places from which it was tried of late."""
    ips = _places_of(account)
    lifted = sorted({limit.name for limit, _, _ in kept_out(account.email, ips)})
    let_in_again(account.email, ips)
    record("customer.unlocked", actor=actor, target=account, details={"limits": lifted})


def _places_of(account: Account) -> list[str]:
    """The addresses of the network from which signing in failed of late: some limits are counted for each."""
    since = timezone.now() - LONGEST_FROM_HERE
    failures = Event.objects.of_account(account.pk).failures().since(since).exclude(ip=None)
    return sorted({ip for ip in failures.newest_first().values_list("ip", flat=True)[:50] if ip})
