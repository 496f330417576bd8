"""Changes of second factors together with the mail about them."""

from django.db import transaction

from accounts.errors import FactorTaken
from accounts.factors.services import add_app, remove_app, renew_recovery_codes, use_recovery_code
from accounts.identity.services.accounts import actor_of, judged_reason
from accounts.models import Account
from audit.services import Actor
from userflows.factors.jobs import ADDED, CODE_USED, CODES_RENEWED, REMOVED, send_factor_notice
from userflows.journeys.events import circumstances_of
from userflows.journeys.progress import JourneyMovedOn, hold_journey
from userflows.models import Journey


def set_up_app(journey: Journey, account: Account, *, secret: bytes, code: str) -> list[str]:
    """Give the journey's account an authenticator app, and return its recovery codes.

    Call it within the change that goes on with it. Raises `CodeRefused`, `JourneyMovedOn`.
    """
    hold_journey(journey)
    try:
        codes = add_app(
            account,
            secret=secret,
            code=code,
            replaces=account.has_app,
            actor=actor_of(account),
            circumstances=circumstances_of(journey),
        )
    except FactorTaken as taken:
        raise JourneyMovedOn from taken
    _tell(journey, account, ADDED)
    return codes


def take_app_away(journey: Journey, account: Account) -> None:
    """Its owner wants no second factor any more. Call it within the change that goes on with it."""
    hold_journey(journey)
    if remove_app(account, actor=actor_of(account)):
        _tell(journey, account, REMOVED)


def renew_codes(journey: Journey, account: Account) -> list[str]:
    """Ten new recovery codes in the place of the old ones, likewise."""
    codes = renew_recovery_codes(account, actor=actor_of(account))
    _tell(journey, account, CODES_RENEWED)
    return codes


def use_code_of_list(journey: Journey, account: Account, *, typed: str) -> None:
    """Use up a recovery code, likewise. Raises `CodeRefused`."""
    circumstances = circumstances_of(journey)
    left = use_recovery_code(account, typed=typed, actor=actor_of(account), circumstances=circumstances)
    _tell(journey, account, CODE_USED, left=left)


def remove_second_factor(account: Account, *, reason: str, actor: Actor) -> bool:
    """Take the authenticator app away from somebody who has lost it, for this reason. Returns whether there was one.

    Raises `Refused` for `reason`.
    """
    reason = judged_reason(reason)
    with transaction.atomic():
        is_removed = remove_app(account, actor=actor, reason=reason)
        if is_removed:
            send_factor_notice.enqueue(str(account.pk), REMOVED)
    return is_removed


def _tell(journey: Journey, account: Account, what: str, *, left: int = 0) -> None:
    send_factor_notice.enqueue(str(account.pk), what, journey.client_ip, journey.client_name, left)
