"""Ways for a message to leave: the one that `EMAIL_URL` names, or the mail server of the tenant's own."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from common.crypto.encryption import CannotUnseal
from common.mail_server import MailServer, parse_mail_url
from common.text.email_address import address_in_ascii
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from mail.bodies import Body
from mail.models import Message, OwnServer
from mail.own_servers.description import Sender, has_own_server, mail_server, may_be_anywhere
from mail.sending.smtp import Conversation, DeliveryFailed
from tenants.lookup import current_tenant

TIMEOUT_SECONDS = 20
"""For each answer of the installation's mail server; the whole conversation may take four times as long."""

OWN_ANSWER_SECONDS, OWN_SECONDS = 8, 20
"""The same for a tenant's own, where others wait in the same line."""


class Transport(Protocol):
    """`keeps_messages` says that messages stay where they are, readable in the outbox."""

    keeps_messages: bool

    def send(self, message: Message, body: Body) -> None:
        """Hand the message over; what can wait until that is committed, waits. Raises `DeliveryFailed`."""


class Outbox:
    keeps_messages = True

    def send(self, message: Message, body: Body) -> None:
        """Nothing leaves."""


class Files:
    """One file for each mail, as a mail server would have got it."""

    keeps_messages = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message, body: Body) -> None:
        try:
            (self.folder / f"{message.pk}.eml").write_bytes(envelope(message, body).as_bytes())
        except OSError as error:
            raise DeliveryFailed(
                KeptSentence(_("The folder can’t be written: %(why)s"), {"why": error.strerror})
            ) from error


class Smtp:
    """The installation's mail server. A password never travels in clear text, and TLS once asked for is a must."""

    keeps_messages = False

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def send(self, message: Message, body: Body) -> None:
        conversation_with(self.server).send(
            envelope(message, body),
            sender=settings.EMAIL_FROM,
            to=address_in_ascii(message.to),
            then=transaction.on_commit,
        )


class OwnSmtp:
    """The mail server of the tenant's own."""

    keeps_messages = False

    def __init__(self, kept: OwnServer) -> None:
        self.kept = kept

    def send(self, message: Message, body: Body) -> None:
        sender = sender_of(self.kept.sender_address, self.kept.sender_name)
        try:
            conversation = own_conversation_with(mail_server(self.kept))
        except CannotUnseal as error:
            raise DeliveryFailed(
                KeptSentence(_("The password of the mail server can’t be read. Enter it again and save."))
            ) from error
        mail = envelope(message, body, sender=sender)
        conversation.send(mail, sender=sender.address, to=address_in_ascii(message.to), then=transaction.on_commit)


def conversation_with(server: MailServer) -> Conversation:
    """One with the installation's mail server."""
    return Conversation(server, answer_seconds=TIMEOUT_SECONDS, seconds=4 * TIMEOUT_SECONDS, anywhere=True)


def own_conversation_with(server: MailServer) -> Conversation:
    """One with a server that a tenant has named."""
    host = urlsplit(settings.CIAM_BASE_URL).hostname or ""
    return Conversation(
        server, answer_seconds=OWN_ANSWER_SECONDS, seconds=OWN_SECONDS, anywhere=may_be_anywhere(), name=host
    )


def installation_transport() -> Transport:
    """The one that `EMAIL_URL` names."""
    server = parse_mail_url(settings.EMAIL_URL)
    if server.kind == "outbox":
        return Outbox()
    return Files(Path(server.folder)) if server.kind == "filemail" else Smtp(server)


def keeps_messages() -> bool:
    """Whether mail of the tenant being served stays where it is, readable in the outbox."""
    return installation_transport().keeps_messages and not has_own_server()


def sender_of(address: str, name: str) -> Sender:
    """A sender as a mail server reads it."""
    return Sender(address_in_ascii(address), name)


def envelope(message: Message, body: Body, *, sender: Sender | None = None) -> EmailMessage:
    """The message with its headers, as it leaves; from the installation's address unless told otherwise."""
    host = sender.address.rpartition("@")[2] if sender else urlsplit(settings.CIAM_BASE_URL).hostname
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(
        display_name=(sender and sender.name) or _tenant_name(),
        addr_spec=sender.address if sender else settings.EMAIL_FROM,
    )
    mail["To"] = address_in_ascii(message.to)
    if body.reply_to:
        mail["Reply-To"] = address_in_ascii(body.reply_to)
    mail["Subject"] = body.subject
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = f"<{message.pk}@{host}>"
    # RFC 3834 section 5: keeps out-of-office replies away.
    mail["Auto-Submitted"] = "auto-generated"
    # The same for Exchange and Outlook ([MS-OXCMAIL]), which read no other header for it.
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(body.text)
    if body.html:
        mail.add_alternative(body.html, subtype="html")
    if body.language:
        # RFC 3282. Set last: with an alternative added, what was said of the content until then is of the first part.
        mail["Content-Language"] = body.language
    return mail


def _tenant_name() -> str:
    tenant = current_tenant()
    name = tenant.name if tenant else ""
    return "".join(character for character in name if character.isprintable())
