from contextlib import AbstractContextManager

from accounts.credentials.services.codes import redeem_code, redeem_link
from accounts.identity.services.accounts import verify_address
from accounts.models import Account
from userflows.journeys.account.given import leave_to_owner
from userflows.journeys.account.linking import IS_FIRST_PROOF
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.codes import code_tries
from userflows.journeys.progress import account_at
from userflows.models import Journey
from userflows.state import CODE, IS_REQUIRED, LINK, NEW_PASSWORD, SIGN_IN, SIGN_UP
from userflows.steps.code.jobs import send_code
from userflows.steps.code.proof import code_length, proof_of

AMR = "otp"


def begin(journey: Journey, visitor: Visitor) -> None:
    """Send the first code for this address, with the rest of the change at hand. Raises `TooManyAttempts`."""
    limits.count_code_asked(visitor, journey.whose)
    _ask_for_code(journey, visitor)


def send_another(journey: Journey, visitor: Visitor) -> None:
    """Send a code, as `code_tries.send_another` does. Raises `TooManyAttempts`."""
    code_tries.send_another(journey, visitor, count=limits.count_code_asked, ask=_ask_for_code)


def trying(journey: Journey, visitor: Visitor) -> AbstractContextManager[bool]:
    """Count a try at the code, as `code_tries.trying` does."""
    return code_tries.trying(journey, visitor, step=CODE, asked=limits.codes_asked(visitor, journey.whose))


def prove_by_code(journey: Journey, *, code: str, is_last_try: bool) -> None:
    """Redeem the code, and keep what it proves: both or neither. Call it within the change that goes on with it.

    Whoever turns out to have no account goes on to make one; whoever has one is signed in, whatever they began with.
    Raises `CodeRefused`.
    """
    account = account_at(journey)
    proves, length = proof_of(journey, account=account), code_length(journey)
    redeem_code(journey.pk, proves=proves, typed=code, length=length, is_last_try=is_last_try)
    _prove(journey, CODE, account)


def prove_by_link(journey: Journey, *, token: str) -> None:
    """The same by the link that was mailed, whatever was tried at the code. Raises `CodeRefused`."""
    account = account_at(journey)
    proves, length = proof_of(journey, account=account), code_length(journey)
    redeem_link(journey.pk, proves=proves, token=token, length=length)
    _prove(journey, LINK, account)


def _prove(journey: Journey, method: str, account: Account | None) -> None:
    if account is None:
        journey.purpose = SIGN_UP
        journey.prove(method, amr=AMR)
        return
    if journey.purpose == SIGN_UP:
        leave_to_owner(journey)
        journey.purpose = SIGN_IN
        journey.note(CODE, lets_owner_in=True)
        if (
            account.invited_at
            and journey.rules.has_passwords
            and not (account.has_usable_password() or journey.state.brought)
        ):
            journey.note(NEW_PASSWORD, **{IS_REQUIRED: True})
    if not account.email_verified:
        verify_address(account)
        journey.note(CODE, **{IS_FIRST_PROOF: True})
    journey.prove(method, amr=AMR, account=account)


def _ask_for_code(journey: Journey, visitor: Visitor) -> None:
    code_tries.note_asked(journey, visitor, step=CODE)
    send_code.enqueue(str(journey.pk))
