"""How a batch leaves: over HTTPS to a web-hook, over TLS to a syslog server."""

import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from audit.models import Category, Result
from common.crypto.encryption import CannotUnseal
from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.text.translation import gettext_noop as _
from common.web.outgoing import Content, OutgoingError, call, tls_stream
from logs.forwarding.batches import Batch
from logs.forwarding.description import host_and_port
from logs.forwarding.shared_secret import secrets_of
from logs.models import Destination
from logs.seals.merkle import canonical

SECONDS = 15.0
"""For the whole of a call. A destination is held for longer than that."""

MOST_SHOWN = 200
# RFC 5424 section 6.2.1: security messages (10) for what customers do, log audit (13) for administration.
FACILITIES = {Category.ACTIVITY: 10, Category.ADMINISTRATION: 13}
WARNING, INFORMATIONAL = 4, 6
MSGID_LENGTH = 32

UNREADABLE = KeptSentence(_("Its secret can’t be read. Give it a new one."))
TAKEN = KeptSentence(_("Taken over TLS; syslog gives no other answer."))


@dataclass(frozen=True)
class Outcome:
    """What came of a call: the status of HTTP (0 for none) and what the other side said, or why nothing arrived."""

    has_arrived: bool
    status: int = 0
    answer: KeptSentence = NOTHING_TO_SAY

    @property
    def told(self) -> KeptSentence:
        """What came of it in a sentence, also where the other side said nothing."""
        return self.answer or KeptSentence(_("The answer was %(status)d."), {"status": self.status})


def send(destination: Destination, batch: Batch) -> Outcome:
    """Send the batch, and say what came of it, after 15 seconds at the latest. Call it outside of any transaction."""
    try:
        if destination.kind == Destination.Kind.SYSLOG:
            return _send_to_syslog(destination.address, batch)
        return _send_to_web_hook(destination.address, batch, secrets_of(destination))
    except OutgoingError as error:
        return Outcome(has_arrived=False, answer=error.sentence)
    except CannotUnseal:
        return Outcome(has_arrived=False, answer=UNREADABLE)


def _send_to_web_hook(address: str, batch: Batch, secrets: Sequence[str]) -> Outcome:
    body = canonical({"tenant": batch.tenant, "seal": batch.last_seal, "lost": batch.lost, "events": batch.events})
    headers = {"CIAM-Signature": signature(body, secrets=secrets, at=int(time.time()))}
    answer = call(address, content=Content(body, "application/json", headers), accept="*/*", seconds=SECONDS)
    said = _printable(answer.body[: 4 * MOST_SHOWN].decode(errors="replace"))[:MOST_SHOWN]
    return Outcome(200 <= answer.status < 300, answer.status, _quoted(said))


def _quoted(said: str) -> KeptSentence:
    """What somebody else said, which nobody translates."""
    return KeptSentence("%(said)s", {"said": said}) if said else NOTHING_TO_SAY


def signature(body: bytes, *, secrets: Sequence[str], at: int) -> str:
    """The header by which the receiver knows the call: HMAC-SHA-256 of time, dot and body, for each of the secrets."""
    signed = str(at).encode() + b"." + body
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])


def _send_to_syslog(address: str, batch: Batch) -> Outcome:
    """All messages in one connection, which the other side closes when it has read them (RFC 5425 section 4.4).

    Syslog has no answer: what counts is that the server read up to our goodbye and didn't break the connection off.
    """
    host, port = host_and_port(address)
    with tls_stream(host, port, seconds=SECONDS) as stream:
        stream.sendall(b"".join(_frame(event) for event in batch.events))
        _say_goodbye(stream)
    return Outcome(has_arrived=True, answer=TAKEN)


def _say_goodbye(stream: ssl.SSLSocket) -> None:
    try:
        stream.unwrap()
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        # It closed the connection after our goodbye without one of its own, as many do.
        pass
    except ssl.SSLError as error:
        raise ConnectionAbortedError from error


def _frame(event: dict[str, Any]) -> bytes:
    """One message, with its length before it (RFC 5425 section 4.3)."""
    message = syslog_message(event)
    return f"{len(message)} ".encode() + message


def syslog_message(event: dict[str, Any]) -> bytes:
    """The event as RFC 5424 writes it: severity by its result, MSGID the action; the message itself is its JSON."""
    facility = FACILITIES.get(event.get("category", Category.ACTIVITY), FACILITIES[Category.ACTIVITY])
    severity = WARNING if event.get("result") == Result.FAILURE else INFORMATIONAL
    host = urlsplit(settings.CIAM_BASE_URL).hostname or "-"
    at = json.loads(canonical({"at": event["at"]}))["at"]
    head = f"<{facility * 8 + severity}>1 {at} {host} ciam-portal - {event['action'][:MSGID_LENGTH]} - "
    return head.encode() + canonical(event)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text).strip()
