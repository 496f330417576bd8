from django.db import transaction

from userflows.factors.recovery_jobs import send_recovery_link
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.progress import note_mail_language, save_progress
from userflows.models import Journey


def ask_for_link(journey: Journey, *, visitor: Visitor) -> None:
    """Mail a link to the journey's account, whose owner has proved another factor. Raises `TooManyAttempts`."""
    limits.count_second_code_asked(visitor, journey.whose)
    with transaction.atomic():
        note_mail_language(journey)
        save_progress(journey)
        send_recovery_link.enqueue(str(journey.pk))
