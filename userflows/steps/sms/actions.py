from contextlib import AbstractContextManager

from accounts.credentials.services.codes import redeem_code
from accounts.errors import CodeRefused
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.codes import code_tries
from userflows.journeys.progress import account_at
from userflows.models import Journey
from userflows.state import SMS
from userflows.steps.sms.jobs import send_text_code
from userflows.steps.sms.proof import proof_of

AMR = "sms"


def begin(journey: Journey, visitor: Visitor) -> None:
    """Send the first code, with the rest of the change at hand. Raises `TooManyAttempts`."""
    limits.count_text_asked(visitor, journey.whose)
    _ask_for_code(journey, visitor)


def send_another(journey: Journey, visitor: Visitor) -> None:
    """Send a code, as `code_tries.send_another` does. Raises `TooManyAttempts`."""
    code_tries.send_another(journey, visitor, count=limits.count_text_asked, ask=_ask_for_code)


def trying(journey: Journey, visitor: Visitor) -> AbstractContextManager[bool]:
    """Count a try at the code, as `code_tries.trying` does."""
    return code_tries.trying(journey, visitor, step=SMS, asked=limits.texts_asked(visitor, journey.whose))


def prove_by_text(journey: Journey, *, code: str, is_last_try: bool) -> None:
    """Redeem the code, and keep what it proves: both or neither. Call it within the change that goes on with it.

    Raises `CodeRefused`.
    """
    account = account_at(journey)
    proves, length = proof_of(journey, account), code_tries.code_length(journey, step=SMS)
    redeem_code(journey.pk, proves=proves, typed=code, length=length, is_last_try=is_last_try)
    if account is None:
        raise CodeRefused(is_spent=is_last_try, is_worn_out=is_last_try)
    journey.prove(SMS, amr=AMR, account=account)


def _ask_for_code(journey: Journey, visitor: Visitor) -> None:
    code_tries.note_asked(journey, visitor, step=SMS)
    send_text_code.enqueue(str(journey.pk), visitor.familiarity_with(journey.whose).value)
