"""What stands in the DNS: asked of the installation's resolvers, within seconds, and told so that a person can compare.

Only names of domains that somebody shows us are asked for, and only the resolvers are spoken to: nobody who names a
domain makes this server call anything at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from django.conf import settings

from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.text.translation import gettext_noop as _

SECONDS = 4.0
"""For one question, however many resolvers and tries it takes."""

MOST_VALUES, MOST_LETTERS = 20, 500


@dataclass(frozen=True)
class DnsRecords:
    """The values of one kind of record at a name, as text, and for how many seconds they are kept by others.

    `problem` says why there is no answer at all; an answer that there is none has neither values nor a problem.
    """

    values: tuple[str, ...] = ()
    ttl: int = 0
    problem: KeptSentence = NOTHING_TO_SAY


def look_up(name: str, kind: str) -> DnsRecords:
    """The records of this kind, such as TXT, at this name, aliases followed. Never raises for what a name may be."""
    try:
        answer = _resolver().resolve(dns.name.from_text(name), kind, search=False, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return DnsRecords()
    except dns.exception.Timeout:
        return DnsRecords(problem=KeptSentence(_("No DNS server answered in time.")))
    except (dns.resolver.NoNameservers, dns.exception.DNSException, OSError, UnicodeError):
        return DnsRecords(problem=KeptSentence(_("The DNS servers of this name gave no usable answer.")))
    if answer.rrset is None:
        return DnsRecords()
    values = [_text(record, kind) for record in answer.rrset][:MOST_VALUES]
    return DnsRecords(tuple(sorted(values)), answer.rrset.ttl)


def _resolver() -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not settings.CIAM_DNS_SERVERS)
    if settings.CIAM_DNS_SERVERS:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*each) for each in settings.CIAM_DNS_SERVERS]
    resolver.lifetime, resolver.timeout = SECONDS, SECONDS / 2
    resolver.cache = None
    return resolver


def _text(record: object, kind: str) -> str:
    if kind == "TXT":
        strings: Sequence[bytes] = record.strings  # type: ignore[attr-defined]
        return b"".join(strings).decode("utf-8", "replace")[:MOST_LETTERS]
    return str(record).rstrip(".").lower()[:MOST_LETTERS]
