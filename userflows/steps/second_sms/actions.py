from django.utils import timezone

from accounts.credentials.services.codes import redeem_code
from accounts.errors import AccountRefused
from common.web.limits import TooManyAttempts
from sms.services import check_country
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.codes import code_tries
from userflows.journeys.progress import note_mail_language
from userflows.models import Journey
from userflows.state import REMEMBER, SECOND_SMS
from userflows.steps.second_sms.jobs import send_second_text
from userflows.steps.second_sms.proof import proof_of

AMR = "sms"


def begin(journey: Journey, visitor: Visitor) -> None:
    """Send a code, with the rest of the change at hand. Raises `TooManyAttempts`.

    Where none goes to the number's country for now, none is sent: the page's button says so, beside the other ways.
    """
    try:
        _check_country(journey)
    except TooManyAttempts:
        journey.note(SECOND_SMS, is_held_back=True)
        return
    limits.count_second_text_asked(visitor, journey.whose)
    _ask_for_code(journey, visitor)


def send_another(journey: Journey, visitor: Visitor) -> None:
    """Send a code, as `code_tries.send_another` does. Raises `TooManyAttempts`."""
    _check_country(journey)
    code_tries.send_another(journey, visitor, count=limits.count_second_text_asked, ask=_ask_for_code)


def prove_by_phone(journey: Journey, *, code: str, remembers: bool, is_last_try: bool) -> None:
    """Redeem the code, and keep what it proves: both or neither. Call it within the change that goes on with it.

    Raises `CodeRefused`, `AccountRefused`.
    """
    account = journey.account
    if account is None:
        raise AccountRefused
    redeem_code(journey.pk, proves=proof_of(journey, account), typed=code, is_last_try=is_last_try)
    journey.prove(SECOND_SMS, amr=AMR, account=account)
    journey.note(REMEMBER, is_wanted=remembers)


def _check_country(journey: Journey) -> None:
    if journey.account and journey.account.phone_number:
        check_country(journey.account.phone_number, may_use_reserve=True)


def _ask_for_code(journey: Journey, visitor: Visitor) -> None:
    journey.note(SECOND_SMS, sent_at=timezone.now().isoformat())
    note_mail_language(journey)
    send_second_text.enqueue(str(journey.pk), visitor.familiarity_with(journey.whose).value)
