from django.db import transaction
from django_tasks import task

from accounts.credentials.services.codes import renew_code
from sms.models import TextMessage
from userflows.journeys.events import record_no_text
from userflows.journeys.messages.texts import SECOND_FACTOR, text_code
from userflows.models import Journey
from userflows.steps.second_sms.proof import proof_of


@task()
def send_second_text(journey_id: str, familiarity: str) -> None:
    """Make the journey's code and text it to its account, unless that may not sign in any more."""
    with transaction.atomic():
        rows = Journey.objects.open().select_for_update(of=("self",)).select_related("user_flow")
        journey = rows.filter(pk=journey_id).first()
        account = journey.account if journey else None
        if journey is None or account is None or not account.phone_number:
            return
        code = renew_code(journey.pk, proves=proof_of(journey, account))
        message = text_code(
            journey,
            to=account.phone_number,
            code=code,
            kind="code",
            group=f"{SECOND_FACTOR} {familiarity}",
            may_use_reserve=True,
        )
    if message.state == TextMessage.State.REFUSED:
        record_no_text(journey, account, problem=message.error)
