"""What has to stand in the DNS for a domain to lead to a tenant, and what stands there now."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.text.translation import gettext_noop as _
from common.web.dns_records import DnsRecords, look_up
from common.web.networks import is_public
from common.web.outgoing import OutgoingError, call
from tenants.addressing import default_url
from tenants.models import DomainClaim, Tenant

CHALLENGE = "_ciam-challenge"
PROOF_PREFIX = "ciam-domain="
PROBE_PATH = "/.well-known/ciam-domain"
INTERNAL = "an internal address"
OTHER_VALUE = KeptSentence(
    _("The record has a different value. Copy the expected one; other tenants’ values can stay next to it.")
)
DOMAIN_TWICE = _("The record is at %(name)s: your DNS provider adds the domain automatically. Enter a shorter name.")
AT_THE_DOMAIN = _("The record is at the domain itself. Put it at %(name)s.")
NO_RECORD = KeptSentence(
    _(
        "There is no such record yet. A new one is seen within minutes, a changed one"
        " once the old one has expired everywhere."
    )
)
LEADS_NOWHERE = KeptSentence(
    _("The domain leads nowhere yet. Add the CNAME; at the apex of a zone, records of its addresses.")
)
LEADS_ELSEWHERE = KeptSentence(
    _("The domain leads somewhere else. Change the record; if your own proxy is in front, make it forward here.")
)
ANSWERED_BY_ANOTHER = _("Another server answers for %(domain)s, not this installation (status %(status)s).")


@dataclass(frozen=True)
class RecordSeen:
    """One record, as expected and as found. `problem` says that nobody answered, which is no missing record."""

    name: str
    kind: str
    expected: str
    found: tuple[str, ...] = ()
    is_right: bool = False
    advice: KeptSentence = NOTHING_TO_SAY
    problem: KeptSentence = NOTHING_TO_SAY
    ttl: int = 0

    @property
    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self) | {"advice": self.advice.kept, "problem": self.problem.kept}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "RecordSeen":
        """The one that was stored."""
        sentences = {name: KeptSentence.of(kept[name]) for name in ("advice", "problem")}
        return cls(**{**kept, **sentences, "found": tuple(kept["found"])})


@dataclass(frozen=True)
class Seen:
    """All that a check has seen: both records, and why the domain doesn't lead here over https, if so."""

    proof: RecordSeen
    address: RecordSeen
    unreached: KeptSentence

    @property
    def kept(self) -> dict[str, Any]:
        """As it is kept with the claim."""
        return {"proof": self.proof.kept, "address": self.address.kept, "unreached": self.unreached.kept}


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


def seen(claim: DomainClaim) -> Seen | None:
    """What the last check has seen; None if there was none yet."""
    if not claim.found:
        return None
    proof, address = (RecordSeen.of(claim.found[name]) for name in ("proof", "address"))
    return Seen(proof, address, KeptSentence.of(claim.found["unreached"]))


def look(claim: DomainClaim, tenant: Tenant) -> Seen:
    """Look at the DNS now, and whether the domain leads here. Takes seconds; call it outside of any transaction."""
    proof = _proof(claim)
    address = _address(claim.domain, target_of(tenant))
    return Seen(proof, address, _unreached(claim.domain) if proof.is_right else NOTHING_TO_SAY)


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


def _advice_on_proof(claim: DomainClaim, asked: DnsRecords, found: tuple[str, ...]) -> KeptSentence:
    """What to do about a proof that isn't there."""
    if asked.problem or proof_value(claim.token) in found:
        return NOTHING_TO_SAY
    if found:
        return OTHER_VALUE
    twice = f"{proof_name(claim.domain)}.{claim.domain}"
    if look_up(twice, "TXT").values:
        return KeptSentence(DOMAIN_TWICE, {"name": twice})
    if look_up(claim.domain, "TXT").values and proof_value(claim.token) in look_up(claim.domain, "TXT").values:
        return KeptSentence(AT_THE_DOMAIN, {"name": proof_name(claim.domain)})
    return NO_RECORD


def _address(domain: str, target: str) -> RecordSeen:
    alias = look_up(domain, "CNAME")
    if target in alias.values:
        return RecordSeen(domain, "CNAME", target, alias.values, is_right=True, ttl=alias.ttl)
    here, there = _addresses(domain), _addresses(target)
    problem = alias.problem or here.problem
    is_right = bool(here.values) and set(here.values) <= set(there.values)
    found = (*(f"CNAME {value}" for value in alias.values), *map(_shown, here.values))
    return RecordSeen(domain, "CNAME", target, found, is_right, _advice_on_address(found, is_right), problem, here.ttl)


def _advice_on_address(found: tuple[str, ...], is_right: bool) -> KeptSentence:
    if is_right:
        return NOTHING_TO_SAY
    if not found:
        return LEADS_NOWHERE
    return LEADS_ELSEWHERE


def _addresses(host: str) -> DnsRecords:
    four, six = look_up(host, "A"), look_up(host, "AAAA")
    problem = NOTHING_TO_SAY if four.values or six.values else four.problem
    return DnsRecords((*four.values, *six.values), four.ttl or six.ttl, problem)


def _shown(address: str) -> str:
    """Which addresses stand in an internal DNS is nobody's business."""
    return address if is_public(address) else INTERNAL


def _unreached(domain: str) -> KeptSentence:
    """Why a call to the domain doesn't end here; nothing if it does."""
    parts = urlsplit(settings.CIAM_BASE_URL)
    port = f":{parts.port}" if parts.port else ""
    try:
        answer = call(f"{parts.scheme}://{domain}{port}{PROBE_PATH}", accept="text/plain")
    except OutgoingError as error:
        return error.sentence
    if answer.status == 200 and answer.body.decode("ascii", "replace").strip() == probe_answer(domain):
        return NOTHING_TO_SAY
    return KeptSentence(ANSWERED_BY_ANOTHER, {"domain": domain, "status": answer.status})
