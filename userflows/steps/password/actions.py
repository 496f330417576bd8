from accounts.credentials.backends import AccountBackend
from accounts.credentials.hashers import Busy
from accounts.models import Account
from audit.reasons import Reason
from common.text.email_address import canonical_email
from common.text.user_names import canonical_user_name
from hooks.calls.asking import HookDown
from userflows.journeys.attempts import limits
from userflows.journeys.attempts.seen_before import is_same_password
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.events import record_failure
from userflows.journeys.jobs import GUESSING, send_protection_notice
from userflows.models import Journey
from userflows.state import IS_REQUIRED, NEW_PASSWORD, PASSWORD
from userflows.steps.password.elsewhere import account_elsewhere, asks_hook

AMR = "pwd"
# The one there is: Django would look at each time whether it takes an address and a password.
_backend = AccountBackend()


def is_meant_for(journey: Journey, name: str) -> bool:
    """Whether a password that comes with this address or user name, in whatever spelling, is for the journey as it is.

    Not where another tab has given another address since its page was shown, nor where a password manager has filled in
    somebody else.
    """
    return _canonical(name) == _canonical(journey.email)


def may_mean_the_same(journey: Journey, name: str) -> bool:
    """Whether the journey's account may be called so besides: it has an address and a user name, and a password manager
    fills in the one that it has kept. Whether it is, is judged once its password was right: else the answer would tell.
    """
    return journey.rules.takes_user_names and ("@" in name) == journey.by_user_name


def try_password(journey: Journey, *, password: str, visitor: Visitor, name: str = "") -> bool:
    """Prove by its password that the account is here, which is called by this `name`, too. Returns whether that was
    right; raises `TooManyAttempts`, `Busy`, or `HookDown` where the password is kept elsewhere.

    An unknown address, a disabled account and a wrong password take the same course. Only failures use a limit up, and
    the same wrong password again doesn't.
    """
    tried = limits.count_password(visitor, journey.whose, asks_hook=asks_hook(journey))
    try:
        account = _backend.authenticate(None, journey.whose, password) or account_elsewhere(journey, password)
    except Busy:
        # Nobody has looked at it, so it was no try.
        limits.forgive(tried)
        raise
    except HookDown:
        # Whoever tries the same again guesses nothing by it.
        if is_same_password(visitor, journey.whose, password):
            limits.forgive_guess(tried)
        raise
    if not isinstance(account, Account) or not _is_called(account, name):
        record_failure(journey, step=PASSWORD, method=PASSWORD, reason=Reason.PASSWORD_WRONG)
        if is_same_password(visitor, journey.whose, password):
            limits.forgive_guess(tried)
        elif tried.nth(limits.PASSWORDS_A_DAY) == limits.MANY_TRIES:
            send_protection_notice.enqueue(str(journey.pk), GUESSING)
        return False
    limits.forgive(tried)
    journey.prove(PASSWORD, amr=AMR, account=account)
    if account.needs_new_password:
        journey.note(NEW_PASSWORD, **{IS_REQUIRED: True})
    return True


def _is_called(account: Account, name: str) -> bool:
    return not name or _canonical(name) in {account.canonical_email, account.user_name}


def _canonical(name: str) -> str:
    return canonical_email(name) if "@" in name else canonical_user_name(name)
