"""Giving an account a phone number that its owner has shown to have, and taking it away."""

from django.db import transaction
from django.utils import timezone

from accounts.finding.services import update_person
from accounts.models import Account
from audit.services import Actor, Circumstances, record


def set_phone(account: Account, *, number: str, actor: Actor, circumstances: Circumstances | None = None) -> None:
    """Give the account this number, in E.164, in the place of the one it may have. Browsers are remembered no more."""
    with transaction.atomic():
        _note_phone(account, number)
        record("customer.phone_added", actor=actor, target=account, circumstances=circumstances)


def remove_phone(account: Account, *, actor: Actor, reason: str = "") -> bool:
    """Take the number away. Returns whether there was one."""
    with transaction.atomic():
        # Held first, so that of two who take it away at once one finds none.
        held = Account.objects.select_for_update().only("phone_number").get(pk=account.pk)
        if not held.phone_number:
            return False
        _note_phone(account, "")
        record("customer.phone_removed", actor=actor, target=account, details={"reason": reason} if reason else {})
    return True


def _note_phone(account: Account, number: str) -> None:
    account.phone_number, account.browsers_forgotten_at = number, timezone.now()
    update_person(account, ["phone_number", "browsers_forgotten_at"])
