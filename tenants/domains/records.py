"""What has to stand in the DNS for a domain to lead to a tenant, and what stands there now."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from common.web.dns_records import Found, look_up
from common.web.outgoing import OutgoingError, call, is_public
from tenants.addressing import default_url
from tenants.models import DomainClaim, Tenant

CHALLENGE = "_ciam-challenge"
PROOF_PREFIX = "ciam-domain="
PROBE_PATH = "/.well-known/ciam-domain"
INTERNAL = "an internal address"


@dataclass(frozen=True)
class RecordSeen:
    """One record, as expected and as found. `problem` says that nobody answered, which is no missing record."""

    name: str
    kind: str
    expected: str
    found: tuple[str, ...] = ()
    is_right: bool = False
    advice: str = ""
    problem: str = ""
    ttl: int = 0


@dataclass(frozen=True)
class Seen:
    """All that a check has seen: both records, and why the domain doesn't lead here over https, "" if it does."""

    proof: RecordSeen
    address: RecordSeen
    unreached: str

    @property
    def kept(self) -> dict[str, Any]:
        """As it is kept with the claim."""
        return asdict(self)


def proof_name(domain: str) -> str:
    """Where the record stands that shows whose the domain is."""
    return f"{CHALLENGE}.{domain}"


def proof_value(token: str) -> str:
    """What it says."""
    return f"{PROOF_PREFIX}{token}"


def target_of(tenant: Tenant) -> str:
    """The host that a domain of the tenant's own has to be an alias of."""
    return urlsplit(default_url(tenant)).hostname or ""


def expected(claim: DomainClaim, tenant: Tenant) -> tuple[RecordSeen, RecordSeen]:
    """Both records, before anybody has looked."""
    return (
        RecordSeen(proof_name(claim.domain), "TXT", proof_value(claim.token)),
        RecordSeen(claim.domain, "CNAME", target_of(tenant)),
    )


def seen(claim: DomainClaim) -> tuple[RecordSeen, RecordSeen, str] | None:
    """What the last check has seen; None if there was none yet."""
    if not claim.found:
        return None
    records = [RecordSeen(**{**claim.found[name], "found": tuple(claim.found[name]["found"])}) for name in PARTS]
    return records[0], records[1], claim.found["unreached"]


PARTS = ("proof", "address")


def look(claim: DomainClaim, tenant: Tenant) -> Seen:
    """Look at the DNS now, and whether the domain leads here. Takes seconds; call it outside of any transaction."""
    proof = _proof(claim)
    address = _address(claim.domain, target_of(tenant))
    return Seen(proof, address, _unreached(claim.domain) if proof.is_right else "")


def probe_answer(host: str) -> str:
    """What this installation says at `PROBE_PATH` under this host: nobody else can say it."""
    return salted_hmac("tenants.domains", host, algorithm="sha256").hexdigest()


def _proof(claim: DomainClaim) -> RecordSeen:
    name, expected = proof_name(claim.domain), proof_value(claim.token)
    asked = look_up(name, "TXT")
    found = tuple(value.strip() for value in asked.values if value.strip().startswith(PROOF_PREFIX))
    is_right = expected in found
    advice = _advice_on_proof(claim, asked, found)
    return RecordSeen(name, "TXT", expected, found, is_right, advice, asked.problem, asked.ttl)


def _advice_on_proof(claim: DomainClaim, asked: Found, found: tuple[str, ...]) -> str:
    """What to do about a proof that isn't there."""
    if asked.problem or proof_value(claim.token) in found:
        return ""
    if found:
        return "The record has another value. Copy the one expected; values of other tenants may stand beside it."
    twice = f"{proof_name(claim.domain)}.{claim.domain}"
    if look_up(twice, "TXT").values:
        return f"The record stands at {twice}: your DNS provider adds the domain by itself. Enter a shorter name."
    if look_up(claim.domain, "TXT").values and proof_value(claim.token) in look_up(claim.domain, "TXT").values:
        return f"The record stands at the domain itself. Put it at {proof_name(claim.domain)}."
    return "There is no such record yet. A new one is seen within minutes, a changed one once nobody keeps the old."


def _address(domain: str, target: str) -> RecordSeen:
    alias = look_up(domain, "CNAME")
    if target in alias.values:
        return RecordSeen(domain, "CNAME", target, alias.values, is_right=True, ttl=alias.ttl)
    here, there = _addresses(domain), _addresses(target)
    problem = alias.problem or here.problem
    is_right = bool(here.values) and set(here.values) <= set(there.values)
    found = (*(f"CNAME {value}" for value in alias.values), *map(_shown, here.values))
    return RecordSeen(domain, "CNAME", target, found, is_right, _advice_on_address(found, is_right), problem, here.ttl)


def _advice_on_address(found: tuple[str, ...], is_right: bool) -> str:
    if is_right:
        return ""
    if not found:
        return "The domain leads nowhere yet. Add the CNAME; at the apex of a zone, records of its addresses."
    return "The domain leads elsewhere. Change the record; if a proxy of yours stands in front, have it lead here."


def _addresses(host: str) -> Found:
    four, six = look_up(host, "A"), look_up(host, "AAAA")
    problem = four.problem if not (four.values or six.values) else ""
    return Found((*four.values, *six.values), four.ttl or six.ttl, problem)


def _shown(address: str) -> str:
    """Which addresses stand in an internal DNS is nobody's business."""
    return address if is_public(address) else INTERNAL


def _unreached(domain: str) -> str:
    """Why a call to the domain doesn't end here, as a sentence; empty if it does."""
    parts = urlsplit(settings.CIAM_BASE_URL)
    port = f":{parts.port}" if parts.port else ""
    try:
        answer = call(f"{parts.scheme}://{domain}{port}{PROBE_PATH}", accept="text/plain")
    except OutgoingError as error:
        return str(error)
    if answer.status == 200 and answer.body.decode("ascii", "replace").strip() == probe_answer(domain):
        return ""
    return f"{domain} is answered by another server than this installation (status {answer.status})."
