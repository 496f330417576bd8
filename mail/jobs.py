import logging
from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from mail.bodies import open_body
from mail.models import Message
from mail.transports import DeliveryFailed, current_transport

# How long to wait after each failed attempt; after the last one the message is given up.
WAITS = (30, 2 * 60, 10 * 60, 30 * 60, 2 * 3600)
MAX_ATTEMPTS = len(WAITS) + 1

logger = logging.getLogger(__name__)


@task()
def deliver(message_id: str) -> None:
    """Send one message that waits. Its body is emptied once the mail server has it."""
    # Locked: of two workers that come to run the job, the later one finds it done.
    message = Message.objects.select_for_update().filter(pk=message_id, state=Message.State.QUEUED).first()
    if message is None:
        return
    transport = current_transport()
    message.attempts += 1
    try:
        if transport.keeps_messages:
            message.state = Message.State.KEPT
        else:
            transport.send(message, open_body(message.sealed_body, message_id=message.pk))
            message.state, message.sent_at, message.sealed_body = Message.State.SENT, timezone.now(), ""
        message.error = ""
    except DeliveryFailed as failure:
        _note_failure(message, failure)
    message.save(update_fields=["state", "attempts", "error", "sent_at", "sealed_body"])


def _note_failure(message: Message, failure: DeliveryFailed) -> None:
    """Try again later, unless the server has said that it never will take it or there were tries enough."""
    message.error = str(failure)[:512]
    logger.warning("Mail %s wasn't delivered at attempt %d: %s", message.pk, message.attempts, message.error)
    if failure.is_final or message.attempts >= MAX_ATTEMPTS:
        message.state = Message.State.FAILED
        logger.error("Mail %s is given up", message.pk)
        return
    wait = timedelta(seconds=WAITS[message.attempts - 1])
    deliver.using(run_after=timezone.now() + wait).enqueue(str(message.pk))
