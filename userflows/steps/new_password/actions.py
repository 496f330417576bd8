from accounts.credentials.breaches import sha1_of
from accounts.credentials.services.passwords import change_password
from accounts.errors import AccountRefused
from accounts.identity.services.accounts import actor_of
from userflows.journeys.finish import verify_invited
from userflows.journeys.jobs import look_up_later
from userflows.journeys.progress import hold_journey, outlive_sessions
from userflows.models import Journey
from userflows.state import CHANGE, IS_REQUIRED, NEW_PASSWORD, RESET
from userflows.steps.new_password.jobs import send_password_notice


def choose_password(journey: Journey, *, password: str, is_unchecked: bool = False) -> None:
    """Set the new password of the account whose address was proved, and tell its owner so by mail.

    Call it within the change that goes on with it. Raises `AccountRefused`, `JourneyMovedOn`, or `Refused` for
    `password`, to whom has to choose another also for the one they have, or had last.
    """
    hold_journey(journey)
    account = journey.account
    if account is None:
        raise AccountRefused
    had_password = account.has_usable_password()
    # Where there is none any more, it was taken away: whoever had stolen it may have it still.
    was_taken_away = journey.purpose == RESET and not had_password
    is_required = IS_REQUIRED in journey.step_data.get(NEW_PASSWORD, {})
    asks_for_another = journey.purpose == CHANGE or is_required or was_taken_away
    change_password(account, password=password, actor=actor_of(account), is_another=asks_for_another)
    verify_invited(journey, account)
    if is_unchecked:
        look_up_later(account, sha1_of(password))
    outlive_sessions(journey)
    journey.note(NEW_PASSWORD, is_chosen=True)
    if had_password:
        send_password_notice.enqueue(str(journey.pk))
