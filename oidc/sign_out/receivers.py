"""What ends elsewhere and takes tokens with it, in the same transaction; applications that want to know are told."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Account
from accounts.sessions.signals import EndedSession, sessions_ended, sessions_expired, signed_out_everywhere
from oidc.sign_out.jobs import LATER
from oidc.sign_out.services import frames_for, queue_notifications, visits_kept_alive, visits_of
from oidc.tokens.services.families import revoke_account, revoke_session
from oidc.wire.addresses import issuer_of
from tenants.lookup import current_tenant


@receiver(sessions_ended, dispatch_uid="oidc.receivers")
def _end_session_families(sessions: list[EndedSession], **_kwargs: Any) -> list[str]:
    """Browsers were signed out: whatever applications got through those sessions goes as well.

    Returns what the browser at hand, if there is one, shall load.
    """
    visits = visits_of(sessions)
    for ended in sessions:
        revoke_session(ended.sid)
    if not visits:
        return []
    queue_notifications(visits)
    tenant = current_tenant()
    return frames_for(visits, issuer=issuer_of(tenant)) if tenant else []


@receiver(sessions_expired, dispatch_uid="oidc.receivers")
def _tell_of_expired_sessions(sessions: list[EndedSession], **_kwargs: Any) -> None:
    """The time of browsers was over. Refresh tokens were asked for to outlive them (`offline_access`), and do.

    They are found many at once, and nobody waits for the news: whoever signs out comes first.
    """
    visits = visits_of(sessions)
    if visits:
        queue_notifications(visits, priority=LATER)


@receiver(signed_out_everywhere, dispatch_uid="oidc.receivers")
def _end_account_families(account: Account, sessions: list[EndedSession], **_kwargs: Any) -> None:
    """An account was disabled, deleted, or has a new password: so does whatever applications got for it."""
    visits = visits_of(sessions) | visits_kept_alive(account.pk)
    revoke_account(account.pk)
    if visits:
        queue_notifications(visits, everywhere=True)
