"""A test mail: sent at once, with everything that was said on the way, whatever the settings are that are saved."""

from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.db import connection

from common.mail_server import MailServer, parse_mail_url
from common.problems import Code, Problem, Refused, refuse_if_any
from common.text.email_address import address_in_ascii, is_plain_address
from common.text.translation import gettext
from common.web.limits import Limit
from common.web.trials import count_test, one_test
from mail.bodies import Body
from mail.models import Message, OwnServer
from mail.own_servers.description import OwnServerDescription, Sender, kept_password, problems_of, server_of, tidied
from mail.sending.smtp import Conversation, DeliveryFailed
from mail.sending.transports import (
    conversation_with,
    envelope,
    installation_transport,
    own_conversation_with,
    sender_of,
)
from tenants.postgresql import current_schema

TESTS_SENT = Limit("test mails", 20, 60 * 60)


@dataclass(frozen=True)
class MailTrial:
    """How a test went: what stood in the way, "" if nothing did, and the conversation, line by line."""

    to: str
    problem: str
    lines: tuple[str, ...] = ()


def try_own_server(wished: OwnServerDescription, *, password: str, to: str) -> MailTrial:
    """Send a test by this server, whether it is the one kept or not. Raises `Refused` for what can't be tried."""
    wished = tidied(wished)
    password = password or kept_password(OwnServer.objects.first(), wished)
    refuse_if_any([*problems_of(wished, password), *_address_problems(to)])
    conversation = own_conversation_with(server_of(wished, password))
    return _tried(conversation, to, sender_of(wished.sender_address, wished.sender_name))


def try_installation(*, to: str) -> MailTrial:
    """Send a test by the installation's mail server. Raises `Refused`, also where `EMAIL_URL` names none."""
    server: MailServer = parse_mail_url(settings.EMAIL_URL)
    if not server.host:
        in_outbox = gettext("There is no mail server to test: mail stays in the outbox (EMAIL_URL).")
        in_files = gettext("There is no mail server to test: mail is written to files (EMAIL_URL).")
        sentence = in_outbox if installation_transport().keeps_messages else in_files
        raise Refused([Problem(Code.NOT_ALLOWED, "to", sentence)])
    refuse_if_any(_address_problems(to))
    return _tried(conversation_with(server), to, Sender(settings.EMAIL_FROM))


def _address_problems(to: str) -> list[Problem]:
    sentence = gettext("Enter one plain email address, such as you@example.com.")
    return [] if is_plain_address(to) else [Problem(Code.INVALID, "to", sentence)]


def count_test_mail() -> None:
    """Count one more test mail of the tenant. Raises `Refused` where there were many."""
    count_test(TESTS_SENT, field="to")


def _tried(conversation: Conversation, to: str, sender: Sender) -> MailTrial:
    count_test_mail()
    mail = envelope(Message(pk=uuid4(), to=to), _body(conversation.server.host), sender=sender)
    if not connection.in_atomic_block:
        # The server on the other side may take its time; meanwhile somebody else can have the connection.
        connection.close()
    try:
        with one_test(current_schema(), field="to"):
            conversation.send(
                mail, sender=sender.address, to=address_in_ascii(to), then=lambda say_goodbye: say_goodbye()
            )
    except DeliveryFailed as failure:
        return MailTrial(to, str(failure.sentence), tuple(conversation.lines))
    return MailTrial(to, "", tuple(conversation.lines))


def _body(host: str) -> Body:
    text = f"This is a test of CIAM Portal: {host} took this mail, and it came to you.\n"
    return Body(subject="Test mail", text=text, html="", language="en")
