"""Deletion at an owner's own request: asked for, put off by some days of grace, taken back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.factors.recoveries import stop_recovery
from accounts.identity.signals import account_shutting
from accounts.models import MOST_GRACE_DAYS, USUAL_GRACE_DAYS, Account, AddressChange, DeletionSettings
from accounts.sessions.services import end_sessions
from audit.services import Actor, record
from common.problems import Code, Problem, Refused


def grace_days() -> int:
    """For how many days customers of the tenant being served may change their mind."""
    kept = DeletionSettings.objects.values_list("grace_days", flat=True).first()
    return USUAL_GRACE_DAYS if kept is None else kept


def change_grace(days: int, *, actor: Actor) -> None:
    """Give those who ask from now on so many days. Where it is the same, nothing is noted. Raises `Refused`."""
    if not 0 <= days <= MOST_GRACE_DAYS:
        sentence = _("Choose 0 to %(most)d days.") % {"most": MOST_GRACE_DAYS}
        raise Refused([Problem(Code.OUT_OF_RANGE, "grace_days", sentence)])
    with transaction.atomic():
        if days == grace_days():
            return
        DeletionSettings.objects.update_or_create(pk=1, defaults={"grace_days": days})
        record("customers.deletion_grace_changed", actor=actor, details={"days": days})


def closing_time(account: Account) -> datetime:
    """When the account would go if its owner asked for it now.

    Not as long as a former address may take the account back: whoever has taken it over deletes it for nobody.
    """
    earliest = timezone.now() + timedelta(days=grace_days())
    changes = AddressChange.objects.revocable().filter(account_id=account.pk)
    return max([earliest, *changes.values_list("expires_at", flat=True)])


def ask_for_deletion(account: Account, *, actor: Actor) -> None:
    """Sign the account out everywhere, and have it go for good when the days of grace are over.

    Raises `Refused` if it is the last owner's.
    """
    with transaction.atomic():
        account_shutting.send(Account, account=account)
        stop_recovery(account, actor=actor)
        _close_at(account, closing_time(account))
        end_sessions(account)
        details = {"closes_at": account.closes_at.isoformat() if account.closes_at else ""}
        record("customer.deletion_asked", actor=actor, target=account, details=details)


def take_deletion_back(account: Account, *, actor: Actor) -> None:
    """Cancel the deletion that the account's owner has asked for. Where there is none, nothing is noted."""
    with transaction.atomic():
        held = Account.objects.select_for_update().filter(pk=account.pk).exclude(closes_at=None)
        if held.exists():
            _close_at(account, None)
            record("customer.deletion_taken_back", actor=actor, target=account)


def _close_at(account: Account, at: datetime | None) -> None:
    account.closes_at = at
    Account.objects.filter(pk=account.pk).update(closes_at=at)
