from uuid import UUID

from django.db import transaction

from accounts.models import Account
from audit.services import Actor, record


def purge_accounts(*, actor: Actor) -> list[UUID]:
    """Remove for good what was deleted over 30 days ago, with all that hangs on it. Returns the accounts' IDs."""
    purged = []
    for account in Account.objects.due_for_purge():
        with transaction.atomic():
            record("customer.purged", actor=actor, target=account)
            purged.append(account.pk)
            account.delete()
    return purged
