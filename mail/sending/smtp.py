"""One conversation with a mail server: within a deadline and a size, written down without secrets, and judged.

The installation's server is the operator's own. One that a tenant has named could be anything, so it is reached as all
is that somebody else has named (`common.web.outgoing`): at a public address, by the name that its certificate bears.
"""

import base64
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import IO, Any

from common.mail_server import MailServer
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from common.web.outgoing import OutgoingError, open_socket

MOST_BYTES = 256 * 1024
"""Of all that a server says; more is a flood."""

MOST_LINES, MOST_LETTERS = 200, 300
HIDDEN = "••••"
TOO_SLOW = _("%(host)s didn’t answer in time on port %(port)s.")
TOO_SLOW_WITHOUT_TLS = _(
    "%(host)s didn’t answer in time on port %(port)s. If it speaks TLS from the first byte, choose TLS."
)
NO_TLS = _("%(host)s doesn’t speak TLS correctly on port %(port)s: choose STARTTLS.")
NO_STARTTLS = _("%(host)s doesn’t speak TLS correctly on port %(port)s: check the port.")


class DeliveryFailed(Exception):
    """The message didn't leave: why, in English as it is kept; `sentence` is the same in its reader's language.

    `is_final` says that trying again is of no use. `is_about_server`: no other message would have left either, since
    the conversation ended before it came to one.
    """

    def __init__(self, sentence: KeptSentence, *, is_final: bool = False, is_about_server: bool = False) -> None:
        super().__init__(sentence.in_english)
        self.sentence = sentence
        self.is_final = is_final
        self.is_about_server = is_about_server


class Conversation:
    """One mail's, which waits so long for each answer, for at most `seconds` until the mail is taken, and for as long
    again until goodbye is said.

    `anywhere`: the server may be in an internal network; `name` is ours, unless the machine's will do. `lines` is what
    was said, in its order: `C:` before what we said, `S:` before the answers.
    """

    def __init__(
        self, server: MailServer, *, answer_seconds: float, seconds: float, anywhere: bool, name: str = ""
    ) -> None:
        self.server = server
        self.lines: list[str] = []
        self._client = _Client(server, self.lines, seconds=answer_seconds, anywhere=anywhere, name=name)
        self._seconds = seconds
        self._is_overdue = threading.Event()

    def send(self, mail: EmailMessage, *, sender: str, to: str, then: Callable[[Callable[[], None]], None]) -> None:
        """Hand over one mail. `then` is given what says goodbye, to be called when nothing is more pressing: a mail
        that was taken and isn't noted as sent is sent once more if we die.

        Raises `DeliveryFailed` with a reason that a person can act on.
        """
        try:
            with self._deadline():
                self._client.begin()
                self._hand_over(mail, sender, to)
        except smtplib.SMTPResponseException as error:
            raise DeliveryFailed(self._answered(error.smtp_code), is_about_server=True) from error
        # A ValueError: smtplib can't say a password beyond ASCII, nor read what isn't base64.
        except (smtplib.SMTPException, OSError, OutgoingError, ValueError) as error:
            raise DeliveryFailed(self._broken(error), is_about_server=True) from error
        then(self._say_goodbye)

    def _say_goodbye(self) -> None:
        with self._deadline():
            self._client.say_goodbye()

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """End it in time: a server that says a letter now and then stays below any limit on a single answer."""
        watch = threading.Timer(self._seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        except Exception:
            self._client.close()
            raise
        finally:
            watch.cancel()

    def _hand_over(self, mail: EmailMessage, sender: str, to: str) -> None:
        try:
            self._client.send_message(mail, from_addr=sender, to_addrs=[to])
        except smtplib.SMTPNotSupportedError as error:
            sentence = KeptSentence(
                _("The mail server doesn’t accept addresses with letters beyond ASCII before the @.")
            )
            raise DeliveryFailed(sentence, is_final=True) from error
        except smtplib.SMTPSenderRefused as error:
            values = {"sender": sender, "code": error.smtp_code}
            sentence = KeptSentence(_("The mail server refused the sender %(sender)s (%(code)s)."), values)
            raise DeliveryFailed(sentence, is_final=error.smtp_code >= 500) from error
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            sentence = KeptSentence(
                _("The mail server refused the address %(to)s (%(code)s)."), {"to": to, "code": code}
            )
            raise DeliveryFailed(sentence, is_final=code >= 500) from error
        except smtplib.SMTPDataError as error:
            sentence = KeptSentence(_("The mail server refused the message (%(code)s)."), {"code": error.smtp_code})
            raise DeliveryFailed(sentence, is_final=error.smtp_code >= 500) from error

    def _answered(self, code: int) -> KeptSentence:
        if code in {534, 535}:
            return KeptSentence(_("The mail server refused user and password (%(code)s)."), {"code": code})
        return KeptSentence(_("The mail server answered %(code)s."), {"code": code})

    def _broken(self, error: Exception) -> KeptSentence:
        """Why the conversation broke off, and what to look at."""
        told = {"host": self.server.host, "port": self.server.port}
        is_tls = self.server.kind == "smtps"
        if self._is_overdue.is_set() or isinstance(error.__context__ or error, TimeoutError):
            return KeptSentence(TOO_SLOW if is_tls else TOO_SLOW_WITHOUT_TLS, told)
        if isinstance(error, OutgoingError):
            return error.sentence
        if isinstance(error, ssl.SSLCertVerificationError):
            words = _("The certificate of %(host)s isn’t valid: %(problem)s.")
            return KeptSentence(words, {"host": self.server.host, "problem": error.verify_message})
        if isinstance(error, ssl.SSLError):
            return KeptSentence(NO_TLS if is_tls else NO_STARTTLS, told)
        if isinstance(error, smtplib.SMTPNotSupportedError):
            words = _("%(host)s doesn’t support what it was asked for on port %(port)s: %(what)s")
            return KeptSentence(words, {**told, "what": str(error)})
        if isinstance(error, smtplib.SMTPServerDisconnected):
            return KeptSentence(_("%(host)s ended the conversation."), told)
        return KeptSentence(_("The mail server can’t be used: %(problem)s."), {"problem": type(error).__name__})

    def _cut(self) -> None:
        self._is_overdue.set()
        self._client.cut()


class _Client(smtplib.SMTP):
    """Python's client, with an ear on it."""

    def __init__(self, server: MailServer, lines: list[str], *, seconds: float, anywhere: bool, name: str) -> None:
        super().__init__(local_hostname=name or None, timeout=seconds)
        self._server, self._lines, self._anywhere = server, lines, anywhere
        self._is_secret = False
        self._size = 0

    def begin(self) -> None:
        """Connect, encrypt and sign in, as the server is to be used."""
        server = self._server
        code, _said = self.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, "")
        if server.kind == "smtp+tls":
            self._ask_for_tls()
        elif server.kind == "smtp":
            self._encrypt_if_offered()
        if server.user:
            self.login(server.user, server.password)

    def login(self, user: str, password: str, **options: Any) -> Any:
        """As Python's, and nothing of it is written down."""
        self._is_secret = True
        try:
            return super().login(user, password, **options)
        finally:
            self._is_secret = False

    def say_goodbye(self) -> None:
        """Whoever has taken the mail may hang up as it likes, and say what it likes."""
        try:
            self.quit()
        except (smtplib.SMTPException, OSError, OutgoingError, ValueError):
            pass
        finally:
            self.close()

    def cut(self) -> None:
        """End the connection beneath whoever waits for it."""
        sock = self.sock
        if sock is not None:
            try:
                # Beneath TLS, which would want to say goodbye first.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                pass

    def putcmd(self, cmd: str, args: str = "") -> None:
        shown = f"{cmd.upper()} {args}".strip()
        if self._is_secret and cmd.lower() not in {"ehlo", "helo"}:
            shown = " ".join([*(["AUTH", *args.split()[:1]] if cmd.upper() == "AUTH" else []), HIDDEN])
        self._note("C", shown)
        super().putcmd(cmd, args)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self._size = len(msg)
        return super().data(msg)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        code, said = super().getreply()
        for line in said.decode("utf-8", "replace").split("\n"):
            self._note("S", f"{code} {self._without_secrets(line)}")
        if code == 354:
            self._note("C", f"(the message, {self._size} bytes)")
        return code, said

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = open_socket(host, port, seconds=timeout, anywhere=self._anywhere)
        self._note("C", f"(connected to {host}, port {port})")
        return opened if self._server.kind != "smtps" else self._encrypted(opened, ssl.create_default_context())

    def _encrypted(self, opened: socket.socket, tls: ssl.SSLContext) -> socket.socket:
        """Shake hands where it can be cut: inside Python's own way nobody has hold of the connection."""
        wrapped = tls.wrap_socket(opened, server_hostname=self._server.host, do_handshake_on_connect=False)
        self.sock = wrapped
        wrapped.do_handshake()
        self._note("C", f"(speaks {wrapped.version()})")
        return wrapped

    def _ask_for_tls(self) -> None:
        """STARTTLS, with a certificate of the server's name, or nothing (RFC 3207)."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("STARTTLS.")
        self._start_tls(ssl.create_default_context())

    def _encrypt_if_offered(self) -> None:
        """Opportunistic TLS (RFC 7435): no certificate is asked for, since the alternative is clear text."""
        self.ehlo()
        if self.has_extn("starttls"):
            any_certificate = ssl.create_default_context()
            any_certificate.check_hostname, any_certificate.verify_mode = False, ssl.CERT_NONE
            self._start_tls(any_certificate)

    def _start_tls(self, tls: ssl.SSLContext) -> None:
        code, said = self.docmd("STARTTLS")
        if code != 220 or self.sock is None:
            raise smtplib.SMTPResponseException(code, said)
        self.sock = self._encrypted(self.sock, tls)
        # What was said before counts for nothing, also what already lies in a buffer (RFC 3207 section 4.2).
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def _without_secrets(self, line: str) -> str:
        """What a server says, though it says our own words again."""
        secret = self._server.password
        if not secret:
            return line
        user = self._server.user
        spellings = (f"\0{user}\0{secret}", secret)
        for each in (*(base64.b64encode(spelling.encode()).decode() for spelling in spellings), secret):
            line = line.replace(each, HIDDEN)
        return line

    def _note(self, who: str, said: str) -> None:
        if len(self._lines) < MOST_LINES:
            shown = "".join(letter if letter.isprintable() else " " for letter in said)
            self._lines.append(f"{who}: {shown[:MOST_LETTERS].strip()}")


class _Bounded:
    """What a server says, up to some size."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._left = source, MOST_BYTES

    def readline(self, size: int = -1) -> bytes:
        line = self._source.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise OutgoingError(KeptSentence(_("The mail server answers at far greater length than mail servers do.")))
        return line

    def close(self) -> None:
        self._source.close()
