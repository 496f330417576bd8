"""Every write about mail."""

from datetime import timedelta

from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from audit.services import Actor, record
from common.database.locks import locked_settings
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed
from common.text.email_address import address_in_ascii, is_plain_address
from common.text.translation import gettext
from common.versions import differences
from mail.bodies import NO_TICKET, Body, Ticket, seal_body
from mail.elsewhere import elsewhere
from mail.jobs import deliver, hand_code_over
from mail.models import Message, OwnServer
from mail.own_servers.description import (
    OwnServerDescription,
    described,
    kept_password,
    may_have_own,
    problems_of,
    seal_password,
    tidied,
)
from tenants.postgresql import announce_change


def queue_message(
    *,
    to: str,
    kind: str,
    subject: str,
    text: str,
    html: str = "",
    language: str = "",
    reply_to: str = "",
    ticket: Ticket = NO_TICKET,
) -> Message:
    """Keep a message, its body sealed, and have the worker send it; both or neither.

    `kind` names it in the outbox, such as "code"; `language` is the one it is written in, if that is known. A subject
    is one line: breaks in it become spaces. `ticket` has the code that it brings, if any: whoever sends
    codes in our place gets that. Raises `Refused` unless `to`, and `reply_to` if it isn't "", is one address and
    nothing else, as a mail server would make of it what it likes.
    """
    _insist_on_plain("to", to)
    if reply_to:
        _insist_on_plain("reply_to", reply_to)
    message = Message(to=to, kind=kind)
    subject = " ".join(subject.split())
    is_handed_over = bool(ticket.code) and elsewhere().takes_codes()
    # Whoever sends it needs the ticket; our own way, and a worker of 0.1 that gets the message, knows none.
    apart = vars(ticket) if is_handed_over else {}
    body = Body(subject=subject, text=text, html=html, language=language, reply_to=reply_to, **apart)
    message.sealed_body = seal_body(body, message_id=message.pk)
    with transaction.atomic():
        message.save(force_insert=True)
        job = hand_code_over if is_handed_over else deliver
        job.enqueue(str(message.pk))
    return message


def _no_own_server() -> Problem:
    return Problem(Code.NOT_ALLOWED, "", gettext("This installation sends all mail through its own server."))


def _insist_on_plain(name: str, address: str) -> None:
    if not is_plain_address(address):
        raise Refused([Problem(Code.INVALID, name, gettext("Mail can’t be sent to this address."))])
    validate_email(address_in_ascii(address))


def sweep_messages(*, older_than_days: int = 30) -> int:
    """Forget what was sent, kept or given up long ago, in this tenant. Returns how many messages there were."""
    edge = timezone.now() - timedelta(days=older_than_days)
    swept, _ = Message.objects.exclude(state=Message.State.QUEUED).filter(created_at__lt=edge).delete()
    return swept


def forget_messages(*, to: str) -> None:
    """Forget what was sent to this address, kept for it or given up, in this tenant; what is on its way still goes."""
    Message.objects.exclude(state=Message.State.QUEUED).filter(to=to).delete()


def use_own_server(
    wished: OwnServerDescription, *, password: str = "", expected_version: str = "", actor: Actor
) -> None:
    """Send the tenant's mail by this server of its own from now on. Where nothing differs, nothing is noted.

    Without a `password` the one that is kept stays, for the server it was saved for and for no other.
    `expected_version` is that of the description somebody has seen. Raises `Refused`.
    """
    wished = tidied(wished)
    with transaction.atomic():
        kept = locked_settings(OwnServer)
        before = described(kept)
        refuse_if_changed(expected_version, before.version)
        told = password or kept_password(kept, wished)
        refuse_if_any(problems_of(wished, told) if may_have_own() else [_no_own_server()])
        changed = list(differences(before, wished))
        secret = ["password"] if wished.user and password else []
        if kept is not None and not [*changed, *secret]:
            return
        sealed = seal_password(told if wished.user else "")
        row = kept or OwnServer()
        reached_anew = {"failures": 0, "failing_since": None, "rests_until": None, "error": ""}
        for name, value in (vars(wished) | reached_anew | {"sealed_password": sealed}).items():
            setattr(row, name, value)
        row.save()
        now = {name: getattr(wished, name) for name in changed}
        details = {"fields": [*changed, *secret], "now": now}
        record("mail_server.chosen", actor=actor, target=row, details=details)
        announce_change()


def drop_own_server(*, actor: Actor) -> bool:
    """Send the tenant's mail by the installation's server again. Returns whether it went by one of its own."""
    with transaction.atomic():
        kept = OwnServer.objects.select_for_update().first()
        if kept is None:
            return False
        record("mail_server.dropped", actor=actor, target=kept)
        kept.delete()
        announce_change()
    return True
