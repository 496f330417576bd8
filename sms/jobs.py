import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import Task

from common.crypto.encryption import CannotUnseal
from common.elsewhere import HandedOver
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from sms.elsewhere import elsewhere
from sms.models import TextMessage, TextSettings
from sms.policies import OUTBOX
from sms.sealing import open_text
from sms.senders.description import described, secret_of
from sms.senders.http import SendingFailed, send
from tenants.work.jobs import ELSEWHERE, in_steps
from tenants.work.journal import note_left

# How long to wait after each failed attempt. A code is good for ten minutes, so nobody waits longer.
WAITS = (5, 30, 120)
NOT_TAKEN = KeptSentence(_("No one has taken the code."))
UNREADABLE = KeptSentence(_("The text can’t be read: its encryption key is gone."))
State = TextMessage.State

logger = logging.getLogger(__name__)


@task(queue_name=ELSEWHERE)
def deliver_text(message_id: str) -> None:
    """Send one text message that waits, as the tenant sends them now. Its text is emptied once it has left."""
    # Locked: of two workers that come to run its job, the later one finds it done.
    message = TextMessage.objects.select_for_update().filter(pk=message_id, state=State.QUEUED).first()
    if message is None:
        return
    message.attempts += 1
    try:
        _send(message, TextSettings.objects.first())
    except SendingFailed as failure:
        _note_failure(message, failure)
    message.save(update_fields=["state", "attempts", "error", "sent_at", "sealed_text"])


@task(queue_name=ELSEWHERE)
@in_steps
def hand_text_over(message_id: str) -> None:
    """Have somebody else send a text message in our place; by our own way if they don't and that is wished so."""
    message = TextMessage.objects.filter(pk=message_id, state=State.QUEUED).first()
    if message is None:
        return
    came_of_it = _hand_over(message)
    with transaction.atomic():
        waiting = TextMessage.objects.select_for_update().filter(pk=message_id, state=State.QUEUED).first()
        if waiting is None:
            return
        if came_of_it.is_ours:
            deliver_text.enqueue(message_id)
            return
        waiting.attempts += 1
        if came_of_it.is_taken:
            waiting.note_sent()
        else:
            _note_failure(waiting, SendingFailed(came_of_it.problem or NOT_TAKEN), again=hand_text_over)
        waiting.save(update_fields=["state", "attempts", "error", "sent_at", "sealed_text"])


def _hand_over(message: TextMessage) -> HandedOver:
    try:
        text = open_text(message.sealed_text, message_id=message.pk)
    except CannotUnseal:
        return HandedOver(is_taken=False, problem=UNREADABLE)
    return elsewhere().hand_over(message.to, text, lambda: note_left(message))


def _send(message: TextMessage, kept: TextSettings | None) -> None:
    description = described(kept)
    if kept is None or not description.sender:
        raise SendingFailed(KeptSentence(_("Text messages were switched off.")), is_final=True)
    if description.sender == OUTBOX:
        message.state, message.error = State.KEPT, ""
        return
    try:
        text, secret = open_text(message.sealed_text, message_id=message.pk), secret_of(kept)
    except CannotUnseal as error:
        raise SendingFailed(
            KeptSentence(_("The secret of the SMS provider can’t be read. Enter it again and save."))
        ) from error
    send(description, secret=secret, to=message.to, text=text)
    note_left(message)
    message.note_sent()


def _note_failure(message: TextMessage, failure: SendingFailed, *, again: Task[..., Any] = deliver_text) -> None:
    message.error = str(failure)[:512]
    if failure.is_final or message.attempts > len(WAITS):
        message.state, message.sealed_text = State.FAILED, ""
        logger.error("Text message %s is given up: %s", message.pk, message.error)
        return
    wait = timedelta(seconds=WAITS[message.attempts - 1])
    again.using(run_after=timezone.now() + wait).enqueue(str(message.pk))
