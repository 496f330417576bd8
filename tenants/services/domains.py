"""Domains of a tenant's own: claimed, checked, held, called by, removed."""

import base64
import logging
import os
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from audit.services import Actor, record
from common.database.caches import announce
from common.problems import Code, Problem, Refused, refuse_if_any, wrong
from common.text.translation import KeptSentence, gettext, gettext_noop
from common.web.limits import Limit
from common.web.outgoing import from_pages
from tenants.domains.policies import custom_domain_problem, next_check, normalise_domain
from tenants.domains.records import Seen, look, proof_value
from tenants.errors import DomainInUse, DomainNotLive, HomeTenantIsPermanent, NotTheTenantsName
from tenants.limits import DOMAINS, refuse_beyond
from tenants.lookup import PUBLIC
from tenants.models import Domain, DomainClaim, InstallationEvent, Tenant
from tenants.services.life_cycle import in_public

CHECKS_ASKED_FOR = Limit("domain checks by tenant", 60, 60 * 60, everywhere=True)
LIVE_EVERY, FAILING_EVERY = timedelta(days=1), timedelta(hours=1)
UNDER_WAY = timedelta(minutes=5)
"""For so long nobody else checks a domain that somebody is checking."""
SHOWN_BY_OTHERS = KeptSentence(
    gettext_noop(
        "Another tenant of this installation has also proved that it owns this domain. Remove its value from the "
        "record, and this one takes the domain."
    )
)

logger = logging.getLogger(__name__)


def claim_domain(tenant: Tenant, *, domain: str, actor: Actor) -> DomainClaim:
    """Ask for a domain, which reserves nothing; the records of its DNS decide. Raises `Refused`."""
    domain = normalise_domain(domain)
    refuse_if_any(wrong(Code.INVALID, "domain", _problem(tenant, domain)))
    token = base64.b32encode(os.urandom(20)).decode().lower()
    with in_public():
        claims = DomainClaim.objects.filter(tenant=tenant)
        if claims.filter(domain=domain).exists():
            sentence = gettext("%(domain)s is already in the list.") % {"domain": domain}
            raise Refused([Problem(Code.TAKEN, "domain", sentence)])
        refuse_beyond(tenant, DOMAINS, claims, field="domain")
        claim = DomainClaim(tenant=tenant, domain=domain, token=token, next_check_at=timezone.now())
        claim.save(force_insert=True)
        _record_domain("domain.added", tenant, domain, actor)
    return claim


def check_domain(claim: DomainClaim, *, actor: Actor, is_asked_for: bool = False) -> DomainClaim:
    """Look at the DNS now and go on from there. Returns the claim as it is then; it may have gone meanwhile.

    Raises `TooManyAttempts` and `TooManyWaiting` where somebody asks for it (`is_asked_for`).
    """
    tenant = claim.tenant
    if is_asked_for:
        CHECKS_ASKED_FOR.count(str(tenant.pk))
    if not connection.in_atomic_block:
        # The servers on the other side may take their time; meanwhile somebody else can have the connection.
        connection.close()
    with from_pages.one(tenant.schema_name):
        seen = look(claim, tenant)
        with in_public():
            now = DomainClaim.objects.select_for_update().filter(pk=claim.pk).first()
            if now is None:
                return claim
            is_right_for_the_first_time = _go_on(now, seen, actor, begins_anew=is_asked_for)
    # Held from now on, the domain leads here only after this transaction: look whether it does.
    return check_domain(now, actor=actor) if is_right_for_the_first_time else now


def check_due_domains(*, actor: Actor) -> int:
    """Check whatever domain is due, one after another. Returns how many there were."""
    checked = 0
    while claim := _next_due():
        try:
            check_domain(claim, actor=actor)
        except Exception:
            logger.exception("The domain %s couldn't be checked", claim.domain)
        checked += 1
    return checked


def remove_domain(tenant: Tenant, *, domain: str, actor: Actor) -> bool:
    """Remove a domain: the tenant doesn't answer there any more. Returns whether it was the tenant's.

    Raises `DomainInUse` while the issuer is called by it.
    """
    with in_public():
        if Tenant.objects.select_for_update().get(pk=tenant.pk).issuer_domain == domain:
            raise DomainInUse(domain)
        held, _ = Domain.objects.filter(tenant=tenant, domain=domain).delete()
        claimed, _ = DomainClaim.objects.filter(tenant=tenant, domain=domain).delete()
        if held or claimed:
            _record_domain("domain.removed", tenant, domain, actor)
            announce(PUBLIC)
    return bool(held or claimed)


def call_issuer_by(tenant: Tenant, *, domain: str, typed_name: str, even_if_unseen: bool = False, actor: Actor) -> None:
    """Name the tenant's issuer, and all its links, by this domain of its own; "" for the default address.

    `typed_name` is the domain that the issuer is called by then, or the tenant's name for the default. Raises
    `NotTheTenantsName`, and `DomainNotLive` unless `even_if_unseen` says that it was looked at from elsewhere.
    """
    if typed_name.strip() != (domain or tenant.name):
        raise NotTheTenantsName
    with in_public():
        current = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if domain:
            claim = DomainClaim.objects.filter(tenant=tenant, domain=domain).first()
            holds = Domain.objects.filter(tenant=tenant, domain=domain).exists()
            if claim is None or not holds or not (claim.leads_here or even_if_unseen):
                raise DomainNotLive(domain)
        if current.issuer_domain == domain:
            return
        _have_issuer_called_by(current, domain, actor)
        tenant.issuer_domain = domain


def _problem(tenant: Tenant, domain: str) -> str:
    if tenant.is_home:
        return str(HomeTenantIsPermanent())
    return custom_domain_problem(domain, base_host=settings.BASE_HOST)


def _have_issuer_called_by(tenant: Tenant, domain: str, actor: Actor) -> None:
    before, tenant.issuer_domain = tenant.issuer_domain, domain
    tenant.save(update_fields=["issuer_domain"])
    details = {"before": before, "now": domain}
    record("tenant.issuer_moved", actor=actor, target=tenant, details=details, event_model=InstallationEvent)
    announce(PUBLIC)
    # What processes keep of this tenant bears the issuer's name.
    announce(tenant.schema_name)


def _next_due() -> DomainClaim | None:
    """The due domain whose tenant had none checked for longest; nobody else takes it for now.

    So a tenant with many domains whose name servers are slow has its turn, and then others have theirs.
    """
    now = timezone.now()
    of_the_tenant = DomainClaim.objects.filter(tenant=OuterRef("tenant"), checked_at__isnull=False)
    last_turn = Subquery(of_the_tenant.order_by("-checked_at").values("checked_at")[:1])
    with in_public():
        due = DomainClaim.objects.filter(next_check_at__lte=now).annotate(last_turn=last_turn)
        in_turn = due.order_by(F("last_turn").asc(nulls_first=True), "next_check_at")
        claim = in_turn.select_for_update(skip_locked=True, of=("self",)).select_related("tenant").first()
        if claim is not None:
            DomainClaim.objects.filter(pk=claim.pk).update(next_check_at=now + UNDER_WAY)
    return claim


def _go_on(claim: DomainClaim, seen: Seen, actor: Actor, *, begins_anew: bool) -> bool:
    """Keep what was seen and what follows from it. Returns whether the domain came to be held just now."""
    now = timezone.now()
    was_held = Domain.objects.filter(tenant_id=claim.tenant_id, domain=claim.domain).exists()
    is_held = was_held or (seen.proof.is_right and _hold(claim, seen, actor))
    is_new = is_held and not was_held
    claim.found = seen.kept if is_held or not seen.proof.is_right else _held_by_others(seen)
    claim.checks = 1 if begins_anew or is_new else claim.checks + 1
    claim.checked_at = now
    _move(claim, seen, is_held=is_held, actor=actor)
    if claim.state == DomainClaim.State.LIVE:
        claim.next_check_at = now + (FAILING_EVERY if claim.failing_since else LIVE_EVERY)
    else:
        since = now if begins_anew else claim.created_at
        claim.next_check_at = next_check(now=now, checks=claim.checks, since=since)
    claim.save(update_fields=["state", "checks", "checked_at", "next_check_at", "failing_since", "found"])
    return is_new


def _move(claim: DomainClaim, seen: Seen, *, is_held: bool, actor: Actor) -> None:
    """The state that follows from what was seen. Where nobody answered, nothing follows for a domain that was live."""
    state, was_live = DomainClaim.State, claim.state == DomainClaim.State.LIVE
    leads_here = is_held and seen.proof.is_right and not seen.unreached
    if leads_here:
        if not was_live:
            _record_domain("domain.went_live", claim.tenant, claim.domain, actor)
        claim.state, claim.failing_since = state.LIVE, None
    elif not was_live:
        is_ready = is_held and seen.proof.is_right and seen.address.is_right
        claim.state = state.READY if is_ready else state.WAITING
    elif not (seen.proof.problem or seen.address.problem) and claim.failing_since is None:
        claim.failing_since = timezone.now()
        _record_domain("domain.check_failed", claim.tenant, claim.domain, actor)


def _hold(claim: DomainClaim, seen: Seen, actor: Actor) -> bool:
    """Let the tenant hold the domain, which it has just shown to be its own. Returns False if another one shows so too.

    Whoever held it and can't show it any more has lost it: the domain has changed hands.
    """
    try:
        with transaction.atomic():
            Domain.objects.bulk_create([Domain(domain=claim.domain, tenant_id=claim.tenant_id)])
    except IntegrityError:
        held = Domain.objects.select_for_update().select_related("tenant").get(domain=claim.domain)
        theirs = DomainClaim.objects.filter(tenant=held.tenant, domain=claim.domain).first()
        if theirs is not None and proof_value(theirs.token) in seen.proof.found:
            return False
        _lose(held.tenant, theirs, claim.domain, actor)
        Domain.objects.filter(pk=held.pk).update(tenant_id=claim.tenant_id)
    _record_domain("domain.verified", claim.tenant, claim.domain, actor)
    announce(PUBLIC)
    return True


def _lose(tenant: Tenant, claim: DomainClaim | None, domain: str, actor: Actor) -> None:
    """Take a domain from a tenant to which it doesn't belong any more, and the issuer's name with it."""
    _record_domain("domain.lost", tenant, domain, actor)
    if tenant.issuer_domain == domain:
        _have_issuer_called_by(tenant, "", actor)
    if claim is not None:
        claim.state, claim.failing_since, claim.next_check_at = DomainClaim.State.WAITING, None, timezone.now()
        claim.save(update_fields=["state", "failing_since", "next_check_at"])


def _held_by_others(seen: Seen) -> dict[str, object]:
    kept = seen.kept
    kept["proof"]["is_right"] = False
    kept["proof"]["advice"] = SHOWN_BY_OTHERS.kept
    return kept


def _record_domain(action: str, tenant: Tenant, domain: str, actor: Actor) -> None:
    record(action, actor=actor, target=tenant, details={"domain": domain}, event_model=InstallationEvent)
