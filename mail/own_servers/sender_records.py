"""Whether the world believes mail of a sender's domain: its SPF, DKIM and DMARC records, as expected and as found."""

import re
from dataclasses import dataclass

from django.conf import settings

from common.text.email_address import domain_in_ascii
from common.text.translation import gettext as _
from common.web.dns_records import DnsRecords, look_up
from mail.own_servers.description import OwnServerDescription, may_have_own

GOOD, DOUBTFUL, BAD, UNKNOWN = "good", "doubtful", "bad", "unknown"
SPF_LOOKUPS = ("include:", "a:", "a/", "mx:", "mx/", "exists:", "redirect=", "ptr")
MOST_SPF_LOOKUPS = 10
MOST_LABELS = 5


@dataclass(frozen=True)
class RecordCheck:
    """One record of a sender's domain. `state` is good, doubtful, bad or unknown; `advice` says what to do.

    `found` has only what looks like the record asked for: a name may have others, which are nobody's business here.
    """

    title: str
    name: str
    expected: str
    found: tuple[str, ...]
    state: str
    advice: str
    ttl: int = 0


def sender_in_use(own: OwnServerDescription) -> tuple[str, dict[str, str]]:
    """The address that mail comes from, and what `check_sender` is told besides: of a server of its own, or of none."""
    if own.host and may_have_own():
        return own.sender_address, {"host": own.host, "selector": own.dkim_selector}
    return settings.EMAIL_FROM, {"host": "", "selector": ""}


def check_sender(address: str, *, host: str, selector: str) -> list[RecordCheck]:
    """The records for mail from this address, by the mail server `host`, signed by the DKIM key of this selector."""
    domain = domain_in_ascii(address.rpartition("@")[2])
    if not domain:
        return []
    return [_spf(domain, host), _dkim(domain, selector), _dmarc(domain)]


def _spf(domain: str, host: str) -> RecordCheck:
    """RFC 7208: one record, which says who may send."""
    asked = look_up(domain, "TXT")
    found = _those(asked, "v=spf1")
    expected = _("v=spf1 a:%(host)s -all, or what your mail provider says") % {"host": host or "smtp.example.com"}
    if asked.problem:
        return RecordCheck("SPF", domain, expected, (), UNKNOWN, str(asked.problem))
    state, advice = _judged_spf(found)
    return RecordCheck("SPF", domain, expected, found, state, advice, asked.ttl)


def _judged_spf(found: tuple[str, ...]) -> tuple[str, str]:
    if not found:
        return (
            BAD,
            _("Add a TXT record that names your mail server, so that others trust what it sends."),
        )
    if len(found) > 1:
        return BAD, _("Several SPF records count as none. Join them into one.")
    terms = found[0].lower().split()[1:]
    lookups = sum(term.lstrip("+-~?").startswith(SPF_LOOKUPS) or term.lstrip("+-~?") in {"a", "mx"} for term in terms)
    if lookups > MOST_SPF_LOOKUPS:
        return BAD, _("More than %(most)s terms that need a look-up make the record void. Leave some out.") % {
            "most": MOST_SPF_LOOKUPS
        }
    if "+all" in terms or "all" in terms:
        return BAD, _("“+all” lets anyone send for this domain. End the record with -all or ~all.")
    if not {"-all", "~all"} & set(terms) and not any(term.startswith("redirect=") for term in terms):
        return DOUBTFUL, _("End the record with -all or ~all; as it is, it doesn’t forbid anyone anything.")
    return GOOD, _("Check that it names the provider that your mail server belongs to.")


def _dkim(domain: str, selector: str) -> RecordCheck:
    """RFC 6376 section 3.6.1: the public key of who signs."""
    expected = _("v=DKIM1; p=(the public key that your mail provider gives you)")
    if not selector:
        advice = _("Enter the DKIM selector in the settings; your mail provider names it.")
        return RecordCheck("DKIM", f"<selector>._domainkey.{domain}", expected, (), UNKNOWN, advice)
    name = f"{selector.lower()}._domainkey.{domain}"
    asked = look_up(name, "TXT")
    found = tuple(value for value in asked.values if "p=" in value)
    if asked.problem:
        return RecordCheck("DKIM", name, expected, (), UNKNOWN, str(asked.problem))
    if not found:
        advice = _(
            "There is no key at this name. Add the record that your mail provider gives you, or correct the selector."
        )
        return RecordCheck("DKIM", name, expected, (), BAD, advice)
    tags = _tags(found[0])
    if not tags.get("p"):
        return RecordCheck("DKIM", name, expected, found, BAD, _("This key was withdrawn: its p= is empty."), asked.ttl)
    return RecordCheck("DKIM", name, expected, found, GOOD, "", asked.ttl)


def _dmarc(domain: str) -> RecordCheck:
    """RFC 7489 section 6: what to do with mail that neither SPF nor DKIM vouches for. A parent's record counts, too."""
    expected = _("v=DMARC1; p=quarantine (or reject, or none to begin with)")
    labels = domain.split(".")
    name, found = f"_dmarc.{domain}", DnsRecords()
    # The name itself, and the four nearest the top: nobody has the page ask for each of a hundred labels.
    for place in sorted({0, *range(max(0, len(labels) - MOST_LABELS), max(1, len(labels) - 1))}):
        name = f"_dmarc.{'.'.join(labels[place:])}"
        found = look_up(name, "TXT")
        if _those(found, "v=dmarc1") or found.problem:
            break
    else:
        name = f"_dmarc.{domain}"
    values = _those(found, "v=dmarc1")
    if found.problem:
        return RecordCheck("DMARC", name, expected, (), UNKNOWN, str(found.problem))
    if not values:
        advice = _("Add a TXT record. Large mailbox providers refuse mail from domains without one.")
        return RecordCheck("DMARC", name, expected, (), BAD, advice)
    policy = _tags(values[0]).get("p", "").lower()
    if len(values) > 1 or policy not in {"none", "quarantine", "reject"}:
        advice = _("Several records, or one without a policy (p=), count as none.")
        return RecordCheck("DMARC", name, expected, values, BAD, advice, found.ttl)
    advice = (
        _("p=none only watches. Once your reports look right, ask for quarantine or reject.")
        if policy == "none"
        else ""
    )
    return RecordCheck("DMARC", name, expected, values, DOUBTFUL if advice else GOOD, advice, found.ttl)


def _those(found: DnsRecords, beginning: str) -> tuple[str, ...]:
    """The values that begin so, as a word of its own."""
    return tuple(value for value in found.values if re.split(r"[\s;]", value.lower(), maxsplit=1)[0] == beginning)


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
