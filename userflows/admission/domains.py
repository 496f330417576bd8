"""Which domains of mail addresses are taken. A domain is written in ASCII, and `*.` before it stands for all below it.

Which of them give addresses away for minutes is known by the list of `disposable-email-domains`, to the day on which it
was installed.
"""

from collections.abc import Collection, Iterator

from disposable_email_domains import blocklist

from common.text.email_address import domain_in_ascii
from userflows.admission.rules import AdmissionRules

ANY_BELOW = "*."
MOST_DOMAINS = 500
# Apple's own, behind which there is one person each, for good. Whoever hides their address isn't to be told to show it.
RELAYS = frozenset({"privaterelay.appleid.com", "private.icloud.com"})


def domain_of(email: str) -> str:
    """The domain of an address, as it is compared here."""
    return domain_in_ascii(email.rpartition("@")[2])


def is_taken(email: str, rules: AdmissionRules) -> bool:
    """Whether somebody may have an account with this address."""
    domain = domain_of(email)
    if rules.allowed_domains and not is_among(domain, rules.allowed_domains):
        return False
    if is_among(domain, rules.blocked_domains):
        return False
    named = (*rules.allowed_domains, *rules.disposable_exceptions)
    return not rules.refuses_disposable or is_among(domain, named) or not is_disposable(domain)


def is_among(domain: str, named: Collection[str]) -> bool:
    """Whether one of these names the domain, by itself or with all that is below another one."""
    return domain in named or any(f"{ANY_BELOW}{above}" in named for above in _above(domain))


def is_disposable(domain: str) -> bool:
    """Whether the domain, or one that it is below of, gives addresses away for minutes."""
    return domain not in RELAYS and any(each in blocklist for each in (domain, *_above(domain)))


def tidied_domains(text: str) -> tuple[str, ...]:
    """The domains of a text, one a line or between commas, each once, as they are kept; what is none stays as it is."""
    written = (part.strip() for line in text.splitlines() for part in line.split(","))
    return tuple(dict.fromkeys(as_kept(part) for part in written if part))


def as_kept(written: str) -> str:
    """One domain in the spelling in which it is compared, without what stood before an `@`; what is none stays."""
    below, bare = (ANY_BELOW, written[2:]) if written.startswith(ANY_BELOW) else ("", written)
    ascii_domain = domain_in_ascii(bare.rpartition("@")[2])
    kept = f"{below}{ascii_domain}"
    return kept if is_domain(kept) else written


def is_domain(written: str) -> bool:
    """Whether a domain is written as it is kept."""
    bare = written.removeprefix(ANY_BELOW)
    is_plain = all(character.isalnum() or character in "-." for character in bare)
    return bool(bare) and is_plain and "." in written and domain_in_ascii(bare) == bare


def _above(domain: str) -> Iterator[str]:
    """The domains that it is below of, the nearest first."""
    while "." in domain:
        domain = domain.partition(".")[2]
        yield domain
