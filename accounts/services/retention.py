from django.db import connection, transaction

from accounts.models import Account
from accounts.services.sessions import end_sessions
from audit.services import Actor, record


def purge_account(account: Account, *, actor: Actor) -> None:
    """Remove a deleted account for good. What floors above keep about it has to be gone already."""
    with transaction.atomic(), connection.cursor() as cursor:
        record("customer.purged", actor=actor, target=account)
        end_sessions(account)
        # Plainly, since Django would first look for rows of allauth's, which has no tables here.
        cursor.execute("DELETE FROM accounts_groupmember WHERE account_id = %s", [account.pk])
        cursor.execute("DELETE FROM accounts_account WHERE id = %s", [account.pk])
