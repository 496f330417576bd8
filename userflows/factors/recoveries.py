"""Waiting for a way back together with the mails about it: begun by whoever has shown to read the account's mail, and
stopped by any of the links that follow.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import pgettext

from accounts.factors.recoveries import (
    begin_recovery,
    due_recoveries,
    forget_factors,
    give_factors_back,
    hasten_recovery,
    set_wait_hours,
    stop_recovery,
)
from accounts.identity.services.accounts import actor_of, judged_reason
from accounts.models import Account
from audit.services import Actor
from common.problems import Code, Problem, Refused
from userflows.factors.recovery_jobs import (
    BEGUN,
    DONE,
    HALF,
    RETURNED,
    SOON,
    SOON_BEFORE,
    STOPPED,
    complete,
    send_recovery_notice,
)
from userflows.journeys.securing.taken_away import unlink_added


def change_wait(hours: int, *, actor: Actor) -> None:
    """Let those wait so long who ask from now on; 0 for nobody: then those who wait by now don't come in either.

    Raises `Refused` for `wait_hours`.
    """
    with transaction.atomic():
        set_wait_hours(hours, actor=actor)
        if not hours:
            for account in Account.objects.exclude(recovers_at=None):
                stop(account, actor=actor)


def begin(account: Account, *, from_where: str) -> None:
    """Begin the wait, and mail its owner: now, halfway, an hour before, when it is over. One that runs stays."""
    with transaction.atomic():
        if not begin_recovery(account, from_where=from_where, actor=actor_of(account)) or account.recovers_at is None:
            return
        until, left = account.recovers_at, account.recovers_at - timezone.now()
        named = (str(account.pk), until.isoformat())
        send_recovery_notice.enqueue(BEGUN, *named)
        send_recovery_notice.using(run_after=until - left / 2).enqueue(HALF, *named)
        send_recovery_notice.using(run_after=until - SOON_BEFORE).enqueue(SOON, *named)
        complete.using(run_after=until).enqueue(str(account.pk))


def stop(account: Account, *, actor: Actor) -> bool:
    """Stop the wait, and tell its owner. Returns whether one ran."""
    with transaction.atomic():
        is_stopped = stop_recovery(account, actor=actor)
        if is_stopped:
            send_recovery_notice.enqueue(STOPPED, str(account.pk))
    return is_stopped


def hasten(account: Account, *, reason: str, actor: Actor) -> None:
    """Hasten the wait, so that it is over now, of somebody whom an administrator knows to be the owner.

    Raises `Refused` for `reason`, or if none runs.
    """
    reason = judged_reason(reason)
    with transaction.atomic():
        if not hasten_recovery(account, reason=reason, actor=actor):
            raise Refused([Problem(Code.NOT_ALLOWED, "", pgettext("portal", "No one is waiting for this account."))])
        send_recovery_notice.enqueue(DONE, str(account.pk))


def give_back(account: Account, *, reason: str, actor: Actor) -> None:
    """Let the factors count again that a wait has put aside, and no identity that was linked since it was over.

    Raises `Refused` for `reason`, or if there are none.
    """
    reason, since = judged_reason(reason), account.recovered_at
    with transaction.atomic():
        if not give_factors_back(account, reason=reason, actor=actor):
            raise Refused(
                [Problem(Code.NOT_ALLOWED, "", pgettext("portal", "This account has no factors to be given back."))]
            )
        if since is not None:
            unlink_added(account, since=since, actor=actor)
        send_recovery_notice.enqueue(RETURNED, str(account.pk))


def complete_due_recoveries() -> None:
    """End the waits whose time has come while nobody worked, and forget what can't be given back any more."""
    for account_id in due_recoveries():
        complete.func(str(account_id))
    forget_factors()
