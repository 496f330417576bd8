"""`manage.py tenant domain`: domains of a tenant's own."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django_tenants.utils import schema_context

from audit.services import Actor
from commands.answers import Answer
from commands.named import tenant_named
from oidc.wire.addresses import issuer_of
from tenants.domains.policies import normalise_domain
from tenants.domains.records import expected, seen
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Tenant
from tenants.services import call_issuer_by, check_domain, claim_domain, remove_domain


def add_domain_options(parser: CommandParser) -> None:
    """One thing to do at a time; without any, the domains are listed."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--add", metavar="NAME", help="ask for a domain, and learn which records it needs")
    what.add_argument("--check", metavar="NAME", help="look at its records now")
    what.add_argument("--remove", metavar="NAME", help="let go of it")
    what.add_argument("--issuer", metavar="NAME", help="have the issuer and all links called by it")
    what.add_argument("--default-issuer", action="store_true", help="have them called by the default address again")
    parser.add_argument("--unreached", action="store_true", help="with --issuer: though it can't be reached from here")
    parser.add_argument("--yes", action="store_true", help="really move the issuer, which applications notice")


def domain(options: dict[str, Any]) -> Answer:
    """Do what was asked for, and list the tenant's domains."""
    tenant, actor = tenant_named(options["tenant"]), Actor.command()
    if options["add"] is not None:
        claim_domain(tenant, domain=options["add"], actor=actor)
    elif options["check"] is not None:
        check_domain(_named(tenant, options["check"]), actor=actor)
    elif options["remove"] is not None:
        remove_domain(tenant, domain=_named(tenant, options["remove"]).domain, actor=actor)
    elif options["issuer"] is not None or options["default_issuer"]:
        _move_issuer(tenant, options, actor)
    with schema_context(PUBLIC):
        claims = list(DomainClaim.objects.filter(tenant=tenant).order_by("domain"))
    facts = {"issuer": issuer_of(tenant), "domains": [_facts(claim, tenant) for claim in claims]}
    return Answer(facts, "\n".join([f"Issuer: {facts['issuer']}", *(_line(claim, tenant) for claim in claims)]))


def _move_issuer(tenant: Tenant, options: dict[str, Any], actor: Actor) -> None:
    if not options["yes"]:
        raise CommandError(
            "Applications that know the issuer by its name refuse its tokens then, and customers sign in anew. "
            "Say --yes if that is meant."
        )
    name = "" if options["default_issuer"] else _named(tenant, options["issuer"]).domain
    typed = name or tenant.name
    call_issuer_by(tenant, domain=name, typed_name=typed, even_if_unseen=options["unreached"], actor=actor)


def _named(tenant: Tenant, name: str) -> DomainClaim:
    with schema_context(PUBLIC):
        claims = DomainClaim.objects.select_related("tenant")
        claim = claims.filter(tenant=tenant, domain=normalise_domain(name)).first()
    if claim is None:
        raise CommandError(f"“{tenant.name}” has no domain {name}. Add it first: --add {name}")
    return claim


def _facts(claim: DomainClaim, tenant: Tenant) -> dict[str, Any]:
    last = seen(claim)
    records = (last.proof, last.address) if last else expected(claim, tenant)
    return {
        "domain": claim.domain,
        "state": claim.state,
        "is_issuer": claim.domain == tenant.issuer_domain,
        "checked_at": claim.checked_at.isoformat() if claim.checked_at else None,
        "next_check_at": claim.next_check_at.isoformat() if claim.next_check_at else None,
        "failing_since": claim.failing_since.isoformat() if claim.failing_since else None,
        "records": [
            {
                "name": record.name,
                "type": record.kind,
                "expected": record.expected,
                "found": list(record.found),
                "is_right": record.is_right,
                "advice": str(record.problem or record.advice),
            }
            for record in records
        ],
        "unreached": str(last.unreached) if last else "",
    }


def _line(claim: DomainClaim, tenant: Tenant) -> str:
    facts = _facts(claim, tenant)
    lines = [f"{claim.domain}  {claim.get_state_display()}"]
    for record in facts["records"]:
        found = ", ".join(record["found"]) or "nothing"
        lines.append(f"  {record['type']:5}  {record['name']}  expected {record['expected']}, found {found}")
        if record["advice"]:
            lines.append(f"         {record['advice']}")
    return "\n".join([*lines, *([f"  {facts['unreached']}"] if facts["unreached"] else [])])
