"""Ways for a message to leave, chosen by `EMAIL_URL`."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from common.mail_server import MailServer, parse_mail_url
from common.text.email_address import address_in_ascii
from mail.bodies import Body
from mail.models import Message
from tenants.lookup import current_tenant

TIMEOUT_SECONDS = 20


class DeliveryFailed(Exception):
    """The message didn't leave. `is_final` says that trying again is of no use."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Transport(Protocol):
    """`keeps_messages` says that messages stay where they are, readable in the outbox."""

    keeps_messages: bool

    def send(self, message: Message, body: Body) -> None:
        """Hand the message over. Raises `DeliveryFailed`."""


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
            raise DeliveryFailed(f"The folder can't be written: {error.strerror}") from error


class Smtp:
    """A mail server. A password never travels in clear text, and TLS once asked for is never done without."""

    keeps_messages = False

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def send(self, message: Message, body: Body) -> None:
        mail = envelope(message, body)
        try:
            with self._connected() as client:
                client.send_message(mail, to_addrs=[address_in_ascii(message.to)])
        except smtplib.SMTPResponseException as error:
            reason = f"The mail server answered {error.smtp_code}."
            # RFC 5321 section 4.2.1: a code of 5xx is final. A refused sign-in or greeting is for the operator to mend.
            is_about_this_mail = isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused)
            raise DeliveryFailed(reason, is_final=error.smtp_code >= 500 and is_about_this_mail) from error
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise DeliveryFailed(f"The mail server refused the address ({code}).", is_final=code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(f"The mail server can't be used: {type(error).__name__}.") from error

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.kind == "smtps":
            tls = ssl.create_default_context()
            client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.kind == "smtp+tls":
                client.starttls(context=ssl.create_default_context())
            elif server.kind == "smtp":
                _encrypt_if_offered(client)
            if server.user:
                client.login(server.user, server.password)
        except BaseException:
            client.close()
            raise
        return client


def _encrypt_if_offered(client: smtplib.SMTP) -> None:
    """Opportunistic TLS (RFC 7435): no certificate is asked for, since the alternative is clear text."""
    client.ehlo()
    if client.has_extn("starttls"):
        any_certificate = ssl.create_default_context()
        any_certificate.check_hostname, any_certificate.verify_mode = False, ssl.CERT_NONE
        client.starttls(context=any_certificate)


def current_transport() -> Transport:
    """The one that `EMAIL_URL` names."""
    server = parse_mail_url(settings.EMAIL_URL)
    if server.kind == "outbox":
        return Outbox()
    return Files(Path(server.folder)) if server.kind == "filemail" else Smtp(server)


def envelope(message: Message, body: Body) -> EmailMessage:
    """The message with its headers, as it leaves."""
    host = urlsplit(settings.CIAM_BASE_URL).hostname
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=_sender_name(), addr_spec=settings.EMAIL_FROM)
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


def _sender_name() -> str:
    tenant = current_tenant()
    name = tenant.name if tenant else ""
    return "".join(character for character in name if character.isprintable())
