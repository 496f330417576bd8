"""Texting codes. What a job is told is a journey's ID, since its row outlives what it is about, and from what browser
the code was asked for.

Whether there is an account, and a number, is decided here, where nobody can see or time the difference.
"""

from django.db import transaction
from django_tasks import task

from accounts.credentials.services.codes import renew_code
from accounts.models import Account
from sms.models import TextMessage
from userflows.journeys.browsers.known_browsers import Familiarity
from userflows.journeys.codes.code_tries import code_length
from userflows.journeys.events import record_no_text
from userflows.journeys.messages.mails import mail_account_shut
from userflows.journeys.messages.texts import FIRST_FACTOR, text_code
from userflows.models import Journey
from userflows.state import SIGN_IN, SMS
from userflows.steps.sms.proof import proof_of


@task()
def send_text_code(journey_id: str, familiarity: str) -> None:
    """Make the journey's code and text it to the number of its account, if there is one. Whose account is blocked or
    deleted is mailed that, as whoever asks for a code by mail is.
    """
    problem = ""
    with transaction.atomic():
        # Locked, so that the address can't change between reading it and making its code.
        rows = Journey.objects.open().select_for_update(of=("self",)).select_related("user_flow")
        journey = rows.filter(pk=journey_id, purpose=SIGN_IN).exclude(email="").first()
        if journey is None:
            return
        account = Account.objects.with_email(journey.whose).first()
        number = account.phone_number if account and not account.is_shut else ""
        length = code_length(journey, step=SMS)
        code = renew_code(journey.pk, proves=proof_of(journey, account), length=length, is_decoy=not number)
        if number:
            message = text_code(
                journey,
                to=number,
                code=code,
                kind="code",
                group=f"{FIRST_FACTOR} {familiarity}",
                may_use_reserve=familiarity != Familiarity.STRANGER.value,
            )
            problem = message.error if message.state == TextMessage.State.REFUSED else ""
        elif account and account.is_shut:
            mail_account_shut(journey, to=account.email, deleted_at=account.deleted_at)
    if problem or not number:
        record_no_text(journey, account, problem=problem)
