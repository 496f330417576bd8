"""What ends elsewhere and takes tokens with it, in the same transaction."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import Account
from accounts.signals import signed_out_everywhere
from oidc.services.families import revoke_account, revoke_session
from userflows.sign_ins import facts_of


@receiver(user_logged_out, dispatch_uid="oidc.receivers")
def _end_session_families(request: HttpRequest, user: Account | None, **_kwargs: Any) -> None:
    """A browser was signed out: whatever applications got through that session goes as well."""
    if user is not None:
        revoke_session(facts_of(request).sid)


@receiver(signed_out_everywhere, dispatch_uid="oidc.receivers")
def _end_account_families(account: Account, **_kwargs: Any) -> None:
    """An account was disabled, deleted, or has a new password: so does whatever applications got for it."""
    revoke_account(account.pk)
