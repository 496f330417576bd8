from django.contrib.auth import authenticate

from accounts.credentials.hashers import Busy
from accounts.models import Account
from audit.reasons import Reason
from userflows.journeys import limits
from userflows.journeys.browser import Visitor
from userflows.journeys.events import record_failure
from userflows.models import Journey
from userflows.state import IS_REQUIRED, NEW_PASSWORD
from userflows.steps.password.elsewhere import account_elsewhere

PASSWORD = "password"  # noqa: S105 - the name of the step
AMR = "pwd"


def try_password(journey: Journey, *, password: str, visitor: Visitor) -> bool:
    """Prove by its password that the account is here. Returns whether it was right; raises `TooManyAttempts`
    `Busy`, or `HookDown` where the password is kept elsewhere.

    An unknown address, a disabled account and a wrong password take the same course. Only failures use a limit up.
    """
    attempts = limits.count_password(visitor, journey.email)
    try:
        account = authenticate(None, email=journey.email, password=password) or account_elsewhere(journey, password)
    except Busy:
        # Nobody has looked at it, so it was no try.
        limits.forgive(attempts)
        raise
    if not isinstance(account, Account):
        record_failure(journey, step=PASSWORD, method=PASSWORD, reason=Reason.PASSWORD_WRONG)
        return False
    limits.forgive(attempts)
    journey.prove(PASSWORD, amr=AMR, account=account)
    if account.needs_new_password:
        journey.note(NEW_PASSWORD, **{IS_REQUIRED: True})
    return True
