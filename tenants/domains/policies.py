"""Yes/no rules about domains of tenants' own, without database or request."""

import ipaddress
import re
from datetime import datetime, timedelta

from common.text.email_address import domain_in_ascii
from common.text.translation import gettext as _

MAX_DOMAIN = 253
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Names that lead to nobody by the public DNS, or to whoever looks.
NOWHERE = frozenset("localhost local internal intranet lan home corp arpa onion invalid alt".split())
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
HOURLY_FOR, DAILY_FOR = timedelta(days=3), timedelta(days=14)


def normalise_domain(typed: str) -> str:
    """The spelling in which a domain is kept and compared: small letters of ASCII, without a final dot.

    What can't be a domain stays as it was typed; `custom_domain_problem` judges.
    """
    typed = typed.strip(" ")
    return domain_in_ascii(typed) or typed


def custom_domain_problem(domain: str, *, base_host: str) -> str:
    """Why a domain can't lead to a tenant, as a sentence; empty if it can. `base_host` is the installation's own."""
    if not domain:
        return _("Enter a domain, such as auth.example.com.")
    if "://" in domain or "/" in domain:
        return _("Enter the domain alone, without https:// and without a path.")
    if "*" in domain:
        return _("A wildcard can’t be used. Add each domain separately.")
    if _is_address(domain):
        return _("An IP address can’t be used. Enter a domain, such as auth.example.com.")
    if ":" in domain:
        return _("Leave out the port. Customers reach the domain over https.")
    if "xn--" in domain and not domain_in_ascii(domain):
        return _("This name contains characters that no domain has. Write it as people read it.")
    labels = domain.split(".")
    if len(domain) > MAX_DOMAIN or not all(LABEL.fullmatch(label) for label in labels):
        return _("Enter a domain of letters, digits, hyphens and dots, such as auth.example.com.")
    if len(labels) == 1 or labels[-1] in NOWHERE:
        return _("Enter a public domain, such as auth.example.com. This name leads nowhere in the public DNS.")
    if domain == base_host or domain.endswith(f".{base_host}"):
        return _("This name belongs to the installation itself. Enter a domain of your own.")
    return ""


def next_check(*, now: datetime, checks: int, since: datetime) -> datetime | None:
    """When a domain that isn't live is looked at again, after so many checks since it was added; None for never."""
    if checks <= len(WAITS):
        return now + WAITS[max(checks, 1) - 1]
    age = now - since
    if age < HOURLY_FOR:
        return now + timedelta(hours=1)
    return now + timedelta(days=1) if age < DAILY_FOR else None


def _is_address(domain: str) -> bool:
    """Also in the spellings that only some programs take for one: 127.1, 0x7f.1, 2130706433."""
    try:
        ipaddress.ip_address(domain.strip("[]"))
    except ValueError:
        last = domain.rpartition(".")[2]
        return bool(re.fullmatch(r"\d+|0x[0-9a-f]*", last))
    return True
