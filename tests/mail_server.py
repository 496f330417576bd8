"""A mail server of the tests' own: it takes what a story has it take, with or without TLS and sign-in."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

PASSWORD = "s3cret:/@"


class Mailbox:
    """What the mail server got, and how it answers."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.signed_in_as: bytes | None = None
        self.was_encrypted: list[bool] = []
        self.answer = "250 taken"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.got.append(envelope)
            self.was_encrypted.append(session.ssl is not None)
        return self.answer

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.signed_in_as = data.login
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    def mail(self) -> Any:
        """The newest mail, parsed."""
        content = self.got[-1].content
        assert isinstance(content, bytes)
        return message_from_bytes(content, policy=default)


@contextmanager
def mail_servers() -> Iterator[Any]:
    """Starts servers, each by a call with the options of aiosmtpd, or `signs_in`; returns its mailbox and port."""
    started: list[Controller] = []

    def start(**options: Any) -> tuple[Mailbox, int]:
        mailbox = Mailbox()
        if options.pop("signs_in", False):
            options |= {"authenticator": mailbox.authenticate}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=10, **options)
        controller.start()
        started.append(controller)
        return mailbox, port

    yield start
    for controller in started:
        controller.stop()


def tls_with(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
