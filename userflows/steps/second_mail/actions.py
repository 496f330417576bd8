from django.utils import timezone

from accounts.credentials.services.codes import redeem_code
from accounts.errors import AccountRefused
from accounts.identity.services.accounts import verify_address
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.codes import code_tries
from userflows.journeys.finish import make_account
from userflows.journeys.progress import note_mail_language
from userflows.models import Journey
from userflows.state import REMEMBER, SECOND_MAIL, SIGN_UP
from userflows.steps.second_mail.jobs import send_second_code
from userflows.steps.second_mail.proof import proof_of

AMR = "otp"


def begin(journey: Journey, visitor: Visitor) -> None:
    """Send a code, with the rest of the change at hand; and make the account of whom a provider has just named.

    Raises `TooManyAttempts`.
    """
    limits.count_second_code_asked(visitor, journey.whose)
    if journey.purpose == SIGN_UP and journey.account_id is None:
        make_account(journey, password=None, attributes={}, language=journey.language)
    _ask_for_code(journey, visitor)


def send_another(journey: Journey, visitor: Visitor) -> None:
    """Send a code, as `code_tries.send_another` does. Raises `TooManyAttempts`."""
    code_tries.send_another(journey, visitor, count=limits.count_second_code_asked, ask=_ask_for_code)


def prove_by_mail(journey: Journey, *, code: str, remembers: bool, is_last_try: bool) -> None:
    """Redeem the code, and keep what it proves: both or neither. Call it within the change that goes on with it.

    Raises `CodeRefused`, `AccountRefused`.
    """
    account = journey.account
    if account is None:
        raise AccountRefused
    redeem_code(journey.pk, proves=proof_of(journey), typed=code, is_last_try=is_last_try)
    if not account.email_verified:
        verify_address(account)
    journey.prove(SECOND_MAIL, amr=AMR, account=account)
    journey.note(REMEMBER, is_wanted=remembers)


def _ask_for_code(journey: Journey, _visitor: Visitor) -> None:
    journey.note(SECOND_MAIL, sent_at=timezone.now().isoformat())
    note_mail_language(journey)
    send_second_code.enqueue(str(journey.pk))
