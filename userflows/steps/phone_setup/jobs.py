from django.db import transaction
from django_tasks import task

from accounts.credentials.services.codes import renew_code
from sms.models import TextMessage
from userflows.journeys.events import record_no_text
from userflows.journeys.messages.texts import NEW_NUMBER, text_code
from userflows.models import Journey
from userflows.state import PHONE_SETUP
from userflows.steps.phone_setup.proof import proof_of


@task()
def send_new_number_code(journey_id: str) -> None:
    """Make the journey's code and text it to the number that was given."""
    with transaction.atomic():
        rows = Journey.objects.open().select_for_update(of=("self",)).select_related("user_flow")
        journey = rows.filter(pk=journey_id).first()
        number = journey.step_data.get(PHONE_SETUP, {}).get("number") if journey else ""
        if journey is None or journey.account is None or not number:
            return
        code = renew_code(journey.pk, proves=proof_of(journey))
        message = text_code(journey, to=number, code=code, kind="phone", group=NEW_NUMBER)
    if message.state == TextMessage.State.REFUSED:
        record_no_text(journey, journey.account, problem=message.error)
