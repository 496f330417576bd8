"""Changes of the account's phone number together with the mail about them."""

from django.db import transaction

from accounts.factors.phones import remove_phone, set_phone
from accounts.identity.services.accounts import actor_of, judged_reason
from accounts.models import Account
from audit.services import Actor
from userflows.factors.jobs import PHONE_ADDED, PHONE_REMOVED, send_factor_notice
from userflows.journeys.events import circumstances_of
from userflows.journeys.progress import hold_journey
from userflows.models import Journey


def confirm_phone(journey: Journey, account: Account, *, number: str) -> None:
    """Give the journey's account this number, within the change that goes on with it. Raises `JourneyMovedOn`."""
    hold_journey(journey)
    set_phone(account, number=number, actor=actor_of(account), circumstances=circumstances_of(journey))
    _tell(journey, account, PHONE_ADDED)


def take_phone_away(journey: Journey, account: Account) -> None:
    """Its owner wants none any more, likewise."""
    hold_journey(journey)
    if remove_phone(account, actor=actor_of(account)):
        _tell(journey, account, PHONE_REMOVED)


def remove_lost_phone(account: Account, *, reason: str, actor: Actor) -> bool:
    """Take the number away from somebody who has lost it, for this reason. Returns whether there was one.

    Raises `Refused` for `reason`.
    """
    reason = judged_reason(reason)
    with transaction.atomic():
        is_removed = remove_phone(account, actor=actor, reason=reason)
        if is_removed:
            send_factor_notice.enqueue(str(account.pk), PHONE_REMOVED)
    return is_removed


def _tell(journey: Journey, account: Account, what: str) -> None:
    send_factor_notice.enqueue(str(account.pk), what, journey.client_ip, journey.client_name)
