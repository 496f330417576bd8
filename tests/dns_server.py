"""A DNS server of the tests' own, on a port of this machine, that says what a story has it say."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from django.test import override_settings

from common.web import dns_records


@dataclass
class Zone:
    """What stands at each name, by kind of record; `asked` is what it was asked for. Silent, it answers nothing."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    is_silent: bool = False
    fails: bool = False

    def say(self, name: str, kind: str, *values: str) -> None:
        """Let these values stand at the name, and no others."""
        self.records[name, kind] = list(values)

    def forget(self, name: str, kind: str) -> None:
        """Let nothing stand there."""
        self.records.pop((name, kind), None)

    def answer(self, question: bytes) -> bytes | None:
        """The answer to one question, as it travels."""
        query = dns.message.from_wire(question)
        asked = query.question[0]
        name, kind = str(asked.name).rstrip(".").lower(), asked.rdtype.name
        self.asked.append((name, kind))
        if self.is_silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        values = self.records.get((name, kind))
        if self.fails:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif values:
            texts = [f'"{value}"' if kind == "TXT" else value for value in values]
            response.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *texts))
        elif not any(name == each for each, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def serving_dns() -> Iterator[Zone]:
    """The installation's resolver is this server, as long as the block lasts."""
    zone = Zone()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))

        def serve() -> None:
            with suppress(OSError):
                while True:
                    question, sender = listener.recvfrom(4096)
                    if answer := zone.answer(question):
                        listener.sendto(answer, sender)

        threading.Thread(target=serve, daemon=True).start()
        with override_settings(CIAM_DNS_SERVERS=(listener.getsockname(),)), pytest.MonkeyPatch.context() as patch:
            patch.setattr(dns_records, "SECONDS", 10)
            yield zone
