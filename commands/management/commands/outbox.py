from typing import Any

from django.core.management.base import CommandParser

from commands.answers import Answer, AnsweringCommand, add_json_option
from commands.named import serving
from common.crypto.encryption import CannotUnseal
from mail.bodies import Body, open_body
from mail.models import Message

UNREADABLE = Body(subject="", text="The key that opens this message isn't in CIAM_ENCRYPTION_KEYS.", html="")


class Command(AnsweringCommand):
    help = "Read a tenant's mail that was not handed to a mail server, newest first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="DOMAIN", help="home is the portal's own")
        parser.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many (%(default)s)")
        add_json_option(parser)

    def answer(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            unsent = Message.objects.exclude(state=Message.State.SENT).order_by("-created_at")
            mails = [_facts(message) for message in unsent[: max(options["limit"], 0)]]
        text = "\n\n".join(_for_people(mail) for mail in mails)
        return Answer({"messages": mails}, text or "No mail is waiting here.")


def _facts(message: Message) -> dict[str, Any]:
    body = _body_of(message)
    return {
        "to": message.to,
        "kind": message.kind,
        "state": message.state,
        "created_at": message.created_at.isoformat(),
        "subject": body.subject,
        "reply_to": body.reply_to,
        "text": body.text,
    }


def _body_of(message: Message) -> Body:
    if not message.sealed_body:
        return Body(subject="", text="", html="")
    try:
        return open_body(message.sealed_body, message_id=message.pk)
    except CannotUnseal:
        return UNREADABLE


def _for_people(mail: dict[str, Any]) -> str:
    head = f"{mail['created_at'][:19].replace('T', ' ')} UTC  to {mail['to']}  ({mail['state']})"
    return f"{head}\n{mail['subject']}\n\n{mail['text'].strip()}\n{'-' * 60}"
