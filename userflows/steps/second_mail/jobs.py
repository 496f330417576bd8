from django.db import transaction
from django_tasks import task

from accounts.credentials.services.codes import renew_code
from mail.bodies import Ticket
from userflows.journeys.messages import mails
from userflows.models import Journey
from userflows.state import SIGN_IN
from userflows.steps.second_mail.proof import proof_of


@task()
def send_second_code(journey_id: str) -> None:
    """Make the journey's code and mail it to its account, unless that may not sign in any more."""
    with transaction.atomic():
        rows = Journey.objects.open().select_for_update(of=("self",)).select_related("user_flow")
        journey = rows.filter(pk=journey_id).first()
        if journey is None or journey.account is None:
            return
        code = renew_code(journey.pk, proves=proof_of(journey))
        mails.mail_code(journey, to=journey.account.email, ticket=Ticket(code), purpose=SIGN_IN)
