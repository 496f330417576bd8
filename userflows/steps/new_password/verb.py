from accounts.credentials.services.passwords import change_password
from accounts.errors import AccountRefused
from accounts.identity.services.accounts import actor_of
from userflows.journeys.progress import account_of, hold_journey
from userflows.models import Journey
from userflows.steps.new_password.jobs import send_password_notice

NEW_PASSWORD = "new-password"  # noqa: S105 - the name of the step


def choose_password(journey: Journey, *, password: str) -> None:
    """Set the new password of the account whose address was proved, and tell its owner so by mail.

    Call it within the change that goes on with it. Raises `AccountRefused`, `JourneyMovedOn`, or `ValidationError` for
    `password`.
    """
    hold_journey(journey)
    account = account_of(journey)
    if account is None:
        raise AccountRefused
    change_password(account, password=password, actor=actor_of(account))
    journey.note(NEW_PASSWORD, is_chosen=True)
    send_password_notice.enqueue(str(journey.pk))
