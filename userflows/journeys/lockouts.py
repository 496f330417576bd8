"""Letting somebody in again whom limits keep out."""

from collections.abc import Collection

from accounts.models import Account
from audit.services import Actor, record
from userflows.journeys.limits import kept_out, let_in_again


def lift_lockout(account: Account, *, ips: Collection[str] = (), actor: Actor) -> None:
    """Begin the limits of this account anew; `ips` are the places from which it was tried of late."""
    lifted = sorted({limit.name for limit, _, _ in kept_out(account.email, ips)})
    let_in_again(account.email, ips)
    record("customer.unlocked", actor=actor, target=account, details={"limits": lifted})
