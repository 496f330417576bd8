from django.db import transaction
from django.utils import timezone

from accounts.credentials.services.codes import redeem_code
from accounts.errors import AccountRefused
from sms.services import check_country
from userflows.factors.phones import confirm_phone
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.progress import note_mail_language, save_progress
from userflows.models import Journey
from userflows.state import PHONE_SETUP, SECOND_SMS
from userflows.steps.phone_setup.jobs import send_new_number_code
from userflows.steps.phone_setup.proof import proof_of

AMR = "sms"


def number_of(journey: Journey) -> str:
    """The number to be confirmed; "" if none was given yet."""
    return str(journey.step_data.get(PHONE_SETUP, {}).get("number", ""))


def give_number(journey: Journey, *, number: str, visitor: Visitor) -> None:
    """Send a code to this number. Raises `TooManyAttempts`."""
    check_country(number)
    limits.count_second_text_asked(visitor, journey.whose)
    with transaction.atomic():
        journey.note(PHONE_SETUP, number=number, sent_at=timezone.now().isoformat())
        note_mail_language(journey)
        send_new_number_code.enqueue(str(journey.pk))
        save_progress(journey)


def forget_number(journey: Journey) -> None:
    """Go back to typing it."""
    journey.note(PHONE_SETUP, number="")
    save_progress(journey)


def prove_number(journey: Journey, *, code: str, is_last_try: bool) -> None:
    """Give the account the number that the code was sent to, which proves it from now on.

    Call it within the change that goes on with it. Raises `CodeRefused`, `AccountRefused`, `JourneyMovedOn`.
    """
    account, number = journey.account, number_of(journey)
    if account is None:
        raise AccountRefused
    redeem_code(journey.pk, proves=proof_of(journey), typed=code, is_last_try=is_last_try)
    confirm_phone(journey, account, number=number)
    journey.prove(SECOND_SMS, amr=AMR, account=account)
    journey.step_data[PHONE_SETUP] = {}
    journey.note(PHONE_SETUP, is_done=True)
