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
from mail.bodies import open_body
from mail.elsewhere import elsewhere
from mail.models import MAX_PROBLEM, Message, OwnServer
from mail.own_servers.description import has_own_server, may_have_own
from mail.sending.smtp import DeliveryFailed
from mail.sending.transports import OwnSmtp, Transport, installation_transport
from tenants.work.jobs import ELSEWHERE, in_steps
from tenants.work.journal import note_left

# How long to wait after each failed attempt; after the last one the message is given up.
WAITS = (30, 2 * 60, 10 * 60, 30 * 60, 2 * 3600)
MAX_ATTEMPTS = len(WAITS) + 1
# A tenant's server that couldn't be reached isn't asked again so long; its messages wait, and go by their age.
RESTS = (30, 60, 120, 300)
NOT_TAKEN = KeptSentence(_("No one has taken the code."))
UNREADABLE = KeptSentence(_("The text can’t be read: its encryption key is gone."))
PATIENCE = timedelta(seconds=sum(WAITS))

logger = logging.getLogger(__name__)


@task()
def deliver(message_id: str) -> None:
    """Send one message that waits. Its body is emptied once the mail server has it."""
    if has_own_server():
        deliver_by_own_server.enqueue(message_id)
        return
    message = _waiting(message_id)
    if message is not None:
        _attempt(message, installation_transport())


@task(queue_name=ELSEWHERE)
def deliver_by_own_server(message_id: str) -> None:
    """The same by the tenant's own server, as long as that can be reached; otherwise the message waits."""
    kept = OwnServer.objects.select_for_update().first() if may_have_own() else None
    message = _waiting(message_id)
    if message is None:
        return
    if kept is None:
        # It was taken away meanwhile.
        _attempt(message, installation_transport())
    elif kept.rests_until and kept.rests_until > timezone.now():
        _rest(message, kept)
    else:
        failure = _attempt(message, OwnSmtp(kept))
        _note_reached(kept, failure if failure and failure.is_about_server else None)


@task(queue_name=ELSEWHERE)
@in_steps
def hand_code_over(message_id: str) -> None:
    """Have somebody else send a code in our place; by our own way if they don't and that is wished so."""
    message = Message.objects.filter(pk=message_id, state=Message.State.QUEUED).first()
    if message is None:
        return
    came_of_it = _hand_over(message)
    with transaction.atomic():
        waiting = _waiting(message_id)
        if waiting is None:
            return
        if came_of_it.is_ours:
            deliver.enqueue(message_id)
            return
        waiting.attempts += 1
        if came_of_it.is_taken:
            waiting.note_sent()
        else:
            _note_failure(waiting, DeliveryFailed(came_of_it.problem or NOT_TAKEN), again=hand_code_over)
        waiting.save(update_fields=["state", "attempts", "error", "sent_at", "sealed_body"])


def _hand_over(message: Message) -> HandedOver:
    try:
        body = open_body(message.sealed_body, message_id=message.pk)
    except CannotUnseal:
        return HandedOver(is_taken=False, problem=UNREADABLE)
    return elsewhere().hand_over(message.to, body, lambda: note_left(message))


def _waiting(message_id: str) -> Message | None:
    """The message, locked: of two workers that come to run its job, the later one finds it done."""
    return Message.objects.select_for_update().filter(pk=message_id, state=Message.State.QUEUED).first()


def _attempt(message: Message, transport: Transport) -> DeliveryFailed | None:
    """Try to send it, and keep how it went. Returns what stood in the way."""
    failed: DeliveryFailed | None = None
    message.attempts += 1
    try:
        if transport.keeps_messages:
            message.state, message.error = Message.State.KEPT, ""
        else:
            transport.send(message, open_body(message.sealed_body, message_id=message.pk))
            note_left(message)
            message.note_sent()
    except CannotUnseal:
        failed = DeliveryFailed(UNREADABLE)
    except DeliveryFailed as failure:
        failed = failure
    if failed is not None:
        _note_failure(message, failed)
    message.save(update_fields=["state", "attempts", "error", "sent_at", "sealed_body"])
    return failed


def _note_failure(message: Message, failure: DeliveryFailed, *, again: Task[..., Any] = deliver) -> None:
    """Try again later by this job, unless the server has said that it never will take it or there were tries enough."""
    message.error = failure.sentence.written(MAX_PROBLEM)
    logger.warning("Mail %s wasn't delivered at attempt %d: %s", message.pk, message.attempts, failure)
    if failure.is_final or message.attempts >= MAX_ATTEMPTS:
        _give_up(message)
        return
    wait = timedelta(seconds=WAITS[message.attempts - 1])
    again.using(run_after=timezone.now() + wait).enqueue(str(message.pk))


def _rest(message: Message, kept: OwnServer) -> None:
    """Have the message wait for a server that nobody asks at the moment, unless it has waited long enough."""
    if message.created_at < timezone.now() - PATIENCE:
        message.error = kept.error
        _give_up(message)
        message.save(update_fields=["state", "error"])
        return
    deliver_by_own_server.using(run_after=kept.rests_until).enqueue(str(message.pk))


def _give_up(message: Message) -> None:
    message.state = Message.State.FAILED
    logger.error("Mail %s is given up", message.pk)


def _note_reached(kept: OwnServer, failure: DeliveryFailed | None) -> None:
    """Let a server rest that couldn't be reached; forget about it once it can be."""
    if failure is None and not kept.failures:
        return
    now = timezone.now()
    kept.failures = kept.failures + 1 if failure else 0
    kept.failing_since = (kept.failing_since or now) if failure else None
    rest = RESTS[min(kept.failures, len(RESTS)) - 1]
    kept.rests_until = now + timedelta(seconds=rest) if failure else None
    kept.error = failure.sentence.written(MAX_PROBLEM) if failure else ""
    kept.save(update_fields=["failures", "failing_since", "rests_until", "error"])
