"""What ends with a session: ways to a new password that have proved whose they are. Their owner begins anew.

With all sessions, whatever was proved on the way to another one: a password that counts no more may be among it.
"""

from typing import Any

from django.db.models.functions import Now
from django.dispatch import receiver

from accounts.models import Account
from accounts.sessions.signals import EndedSession, sessions_ended, signed_out_everywhere
from userflows.models import Journey


@receiver(sessions_ended, dispatch_uid="userflows.receivers")
def _end_with_sessions(sessions: list[EndedSession], **_kwargs: Any) -> None:
    account_ids = {ended.account_id for ended in sessions}
    Journey.objects.about_to_change_password(account_ids).update(expires_at=Now())


@receiver(signed_out_everywhere, dispatch_uid="userflows.receivers")
def _end_everywhere(account: Account, **_kwargs: Any) -> None:
    Journey.objects.of_account(account.pk).update(expires_at=Now())
