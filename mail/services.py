"""Every write about mail."""

from datetime import timedelta

from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from common.problems import Code, Problem, Refused
from common.text.email_address import address_in_ascii, is_plain_address
from mail.bodies import Body, seal_body
from mail.jobs import deliver
from mail.models import Message


def queue_message(
    *, to: str, kind: str, subject: str, text: str, html: str = "", language: str = "", reply_to: str = ""
) -> Message:
    """Keep a message, its body sealed, and have the worker send it; both or neither.

    `kind` names it in the outbox, such as "code"; `language` is the one it is written in, if that is known. A subject
    is one line: breaks in it become spaces. Raises `Refused` unless `to`, and `reply_to` if it isn't "", is one
    address and nothing else, as a mail server would make of it what it likes.
    """
    _insist_on_plain("to", to)
    if reply_to:
        _insist_on_plain("reply_to", reply_to)
    message = Message(to=to, kind=kind)
    body = Body(subject=" ".join(subject.split()), text=text, html=html, language=language, reply_to=reply_to)
    message.sealed_body = seal_body(body, message_id=message.pk)
    with transaction.atomic():
        message.save(force_insert=True)
        deliver.enqueue(str(message.pk))
    return message


def _insist_on_plain(name: str, address: str) -> None:
    if not is_plain_address(address):
        raise Refused([Problem(Code.INVALID, name, "Mail can't be sent to this address.")])
    validate_email(address_in_ascii(address))


def sweep_messages(*, older_than_days: int = 30) -> int:
    """Forget what was sent, kept or given up long ago, in this tenant. Returns how many messages there were."""
    edge = timezone.now() - timedelta(days=older_than_days)
    swept, _ = Message.objects.exclude(state=Message.State.QUEUED).filter(created_at__lt=edge).delete()
    return swept
