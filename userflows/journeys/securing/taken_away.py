"""What an account was given since somebody else may have come in: it goes, as they may have given it."""

from datetime import datetime

from accounts.factors.passkeys import remove_passkey
from accounts.factors.phones import remove_phone
from accounts.factors.services import forget_recovery_codes, remove_app
from accounts.identity.services.accounts import actor_of
from accounts.models import Account, AuthenticatorApp, Passkey
from audit.models import Event
from audit.services import Actor
from providers.models import LinkedIdentity
from providers.services import unlink


def take_away_added(account: Account, *, since: datetime) -> None:
    """Remove what was added since then: the authenticator app, passkeys, the phone, identities, and recovery codes.

    Call it within the change that signs the account out.
    """
    actor = actor_of(account)
    # Asked first: whatever is taken away has browsers forgotten, too.
    is_phone_new = _may_have_got_phone(account, since)
    renewed = Event.objects.of_account(account.pk).filter(action="customer.recovery_codes_renewed", at__gte=since)
    if AuthenticatorApp.objects.filter(account=account, created_at__gte=since).exists():
        remove_app(account, actor=actor)
    elif renewed.exists():
        forget_recovery_codes(account)
    for passkey in Passkey.objects.of_account(account.pk).filter(created_at__gte=since):
        remove_passkey(passkey, actor=actor)
    # Passkeys have been taken away through instances of their own.
    account.refresh_from_db()
    if is_phone_new:
        remove_phone(account, actor=actor)
    unlink_added(account, since=since, actor=actor)


def unlink_added(account: Account, *, since: datetime, actor: Actor) -> None:
    """Unlink the identities that were linked since then."""
    for linked in LinkedIdentity.objects.of_account(account.pk).filter(linked_at__gte=since):
        unlink(account, linked=linked, actor=actor)


def _may_have_got_phone(account: Account, since: datetime) -> bool:
    """Whether its number may have come since. Where no event tells any more, browsers forgotten since say so: a new
    number has them forgotten.
    """
    added = Event.objects.of_account(account.pk).filter(action="customer.phone_added").order_by("-at")
    came_at = added.values_list("at", flat=True).first() or account.browsers_forgotten_at
    return bool(account.phone_number) and came_at is not None and came_at >= since
