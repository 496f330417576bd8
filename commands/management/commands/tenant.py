from argparse import BooleanOptionalAction
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django_tenants.utils import schema_context, tenant_context

from accounts.credentials import rules as password_rules
from accounts.credentials.services.rules import change_password_rules
from accounts.factors.recoveries import wait_hours
from accounts.identity.services.closing import change_grace, grace_days
from accounts.models import Account
from accounts.sessions.rules import describe
from accounts.sessions.services import change_session_rules
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import serving, tenant_named
from commands.tenants.tenant_captcha import add_captcha_options, captcha
from commands.tenants.tenant_domains import add_domain_options, domain
from commands.tenants.tenant_mail import add_mail_options, mail
from commands.tenants.tenant_sms import add_sms_options, sms
from oidc.wire.addresses import issuer_of
from operations.onboarding import onboard_tenant
from tenants.addressing import base_url
from tenants.errors import NotAnAdministrator
from tenants.limits import NAMES, limits_of, limits_of_installation
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.services import (
    apply,
    delete_tenant,
    limit_tenant,
    limit_tenants,
    restore_tenant,
    resume_tenant,
    suspend_tenant,
)
from tenants.services import describe as describe_tenant
from userflows.factors.recoveries import change_wait

# Of a limit: that the installation's holds for the tenant.
AS_FOR_ALL = "as-for-all"
SESSION_RULES = ("offers_stay", "idle_minutes", "lifetime_minutes", "stay_days", "offers_several")


class Command(VerbCommand):
    help = "Create tenants, list them, and change the state of one."

    def add_verbs(self) -> None:
        create = self.verb("create", self.create, summary="create a tenant that works")
        create.add_argument("--name", required=True, help="what people read, such as Contoso Ltd")
        create.add_argument("--domain", required=True, help="1 to 26 letters or digits; the tenant's address for ever")
        create.add_argument("--country", default="", help="its two letters, such as DE")
        create.add_argument("--owner", metavar="EMAIL", help="the administrator who is to manage it")
        self.verb("list", self.list_all, summary="list the tenants")
        for name, run, summary in (
            ("show", self.show, "show one tenant"),
            ("suspend", self.suspend, "stop serving a tenant, and keep everything"),
            ("resume", self.resume, "serve a suspended tenant again"),
            ("restore", self.restore, "take a deletion back, within its 30 days"),
            ("delete", self.delete, "stop serving a tenant and remove it in 30 days"),
        ):
            parser = self.verb(name, run, summary=summary)
            parser.add_argument("--tenant", required=True, metavar="DOMAIN")
        parser.add_argument("--yes", action="store_true", help="really delete it")
        change = self.verb("change", self.change, summary="change a tenant's name, country or time zone")
        change.add_argument("--tenant", required=True, metavar="DOMAIN")
        change.add_argument("--name", help="what people read")
        change.add_argument("--country", help="its two letters, such as DE, or nothing")
        change.add_argument("--time-zone", help="where its days begin, such as Europe/Berlin")
        limits = self.verb("limits", self.limits, summary="show or change how much a tenant may have")
        limits.add_argument("--tenant", metavar="DOMAIN", help="without one, every tenant without limits of its own")
        for name, usual in NAMES.items():
            limits.add_argument(
                f"--{name}", metavar="N", help=f"{str(usual).lower()}; 0 for no limit; of one tenant: {AS_FOR_ALL}"
            )
        add_domain_options(self.verb("domain", domain, summary="show or change the tenant's own domains"))
        add_mail_options(self.verb("mail", mail, summary="show, choose or test the tenant's own mail server"))
        add_captcha_options(self.verb("captcha", captcha, summary="show, choose or test the tenant's CAPTCHA"))
        add_sms_options(self.verb("sms", sms, summary="show, choose or test how the tenant sends text messages"))
        summary = "show or change what passwords have to be like"
        _add_password_rules(self.verb("passwords", self.passwords, summary=summary))
        deletion = self.verb(
            "deletion", self.deletion, summary="show or change how long customers may cancel a deletion"
        )
        deletion.add_argument("--tenant", required=True, metavar="DOMAIN")
        deletion.add_argument("--grace-days", type=int, help="days in which they may keep their account, 0 to 30")
        recovery = self.verb(
            "recovery", self.recovery, summary="show or change how long whoever lost their factors waits"
        )
        recovery.add_argument("--tenant", required=True, metavar="DOMAIN")
        recovery.add_argument("--wait-hours", type=int, help="24 to 336, or 0 to turn it off")
        _add_times(self.verb("sessions", self.sessions, summary="show or change how long sessions last"))

    def create(self, options: dict[str, Any]) -> Answer:
        tenant = onboard_tenant(
            name=options["name"],
            slug=options["domain"],
            country=options["country"],
            owner_id=_administrator_id(options["owner"]) if options["owner"] else None,
            actor=Actor.command(),
        )
        return Answer(_addresses(tenant), f"Tenant “{tenant.name}” is ready at {base_url(tenant)}/")

    def list_all(self, options: dict[str, Any]) -> Answer:
        with schema_context(PUBLIC):
            tenants = list(Tenant.objects.order_by("-is_home", "slug"))
        lines = [f"{tenant.slug:26}  {tenant.state:9}  {tenant.name}" for tenant in tenants]
        return Answer({"tenants": [_everything(tenant) for tenant in tenants]}, "\n".join(lines) or "No tenants yet.")

    def show(self, options: dict[str, Any]) -> Answer:
        facts = _everything(tenant_named(options["tenant"]))
        return Answer(facts, "\n".join(f"{name:10}  {value}" for name, value in facts.items()))

    def change(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"])
        chosen = {name: options[name] for name in ("name", "country", "time_zone") if options[name] is not None}
        apply(tenant, replace(describe_tenant(tenant), **chosen), actor=Actor.command())
        return Answer(_everything(tenant), f"“{tenant.name}” is in {tenant.time_zone}.")

    def limits(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"]) if options["tenant"] else None
        typed = {name: options[name] for name in NAMES if options[name] is not None}
        chosen = {name: _number(most, name) for name, most in typed.items() if not tenant or most != AS_FOR_ALL}
        if typed and tenant:
            own = {name: most for name, most in (tenant.limits or {}).items() if name not in typed}
            limit_tenant(tenant, own | chosen, actor=Actor.command())
        elif typed:
            limit_tenants(replace(limits_of_installation(), **chosen), actor=Actor.command())
        facts = asdict(limits_of(tenant) if tenant else limits_of_installation())
        return Answer(facts, "\n".join(f"{name:16}  {most or 'no limit'}" for name, most in facts.items()))

    def suspend(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"])
        suspend_tenant(tenant, actor=Actor.command())
        return Answer(_everything(tenant), f"“{tenant.name}” is suspended: nobody can sign in to it.")

    def resume(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"])
        resume_tenant(tenant, actor=Actor.command())
        return Answer(_everything(tenant), f"“{tenant.name}” is served again.")

    def delete(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"])
        if not options["yes"]:
            raise CommandError(
                f"This stops sign-in to every application of “{tenant.name}” and removes the tenant in 30 days. "
                "Say --yes if that is meant."
            )
        delete_tenant(tenant, typed_name=tenant.name, actor=Actor.command())
        return Answer(_everything(tenant), f"“{tenant.name}” is deleted. It can be restored for 30 days.")

    def restore(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"])
        restore_tenant(tenant, actor=Actor.command())
        return Answer(_everything(tenant), f"“{tenant.name}” is restored and served again.")

    def deletion(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            if options["grace_days"] is not None:
                change_grace(options["grace_days"], actor=Actor.command())
            facts = {"grace_days": grace_days(), "accounts": Account.objects.kept().exclude(closes_at=None).count()}
        return Answer(facts, "\n".join(f"{name:10}  {value}" for name, value in facts.items()))

    def recovery(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            if options["wait_hours"] is not None:
                change_wait(options["wait_hours"], actor=Actor.command())
            facts = {"wait_hours": wait_hours(), "accounts": Account.objects.kept().exclude(recovers_at=None).count()}
        return Answer(facts, "\n".join(f"{name:10}  {value}" for name, value in facts.items()))

    def sessions(self, options: dict[str, Any]) -> Answer:
        chosen = {name: options[name] for name in SESSION_RULES if options[name] is not None}
        with serving(options["tenant"]):
            if chosen:
                change_session_rules(**chosen, actor=Actor.command())
            facts = asdict(describe())
        return Answer(facts, "\n".join(f"{name:16}  {value}" for name, value in facts.items()))

    def passwords(self, options: dict[str, Any]) -> Answer:
        chosen = {name: options[name] for name in password_rules.NAMES if options[name] is not None}
        if "blocked_words" in chosen:
            chosen["blocked_words"] = password_rules.tidied_words("\n".join(chosen["blocked_words"]))
        with serving(options["tenant"]):
            if chosen:
                change_password_rules(**chosen, actor=Actor.command())
            facts = asdict(password_rules.describe())
        facts["blocked_words"] = list(facts["blocked_words"])
        return Answer(facts, "\n".join(f"{name:16}  {_said(value)}" for name, value in facts.items()))


def _said(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)


def _number(typed: str, name: str) -> int | None:
    if not typed.isascii() or not typed.isdigit():
        raise CommandError(f"--{name}: Write a number, or 0 for no limit. For one tenant also: {AS_FOR_ALL}.")
    return int(typed) or None


def _add_times(parser: CommandParser) -> None:
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--idle-minutes", type=int, help="sign out after so long without any use")
    parser.add_argument("--lifetime-minutes", type=int, help="sign out so long after the sign-in at the latest")
    parser.add_argument("--stay-days", type=int, help="the same for those who stay signed in")
    parser.add_argument(
        "--offer-stay", dest="offers_stay", action=BooleanOptionalAction, help="offer to stay signed in, or don't"
    )
    parser.add_argument(
        "--several-accounts",
        dest="offers_several",
        action=BooleanOptionalAction,
        help="let a browser have several accounts signed in side by side, or one alone",
    )


def _add_password_rules(parser: CommandParser) -> None:
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--min-length", type=int, help="of 8 to 256 characters at least")
    for name, what in (
        ("common", "the 20,000 that are guessed first"),
        ("patterns", "repeats and rows of keys"),
        ("names", "those built around the tenant's name, the customer's, or their address"),
    ):
        parser.add_argument(
            f"--refuse-{name}", dest=f"refuses_{name}", action=BooleanOptionalAction, help=f"refuse {what}, or don't"
        )
    parser.add_argument(
        "--blocked-word",
        dest="blocked_words",
        action="append",
        metavar="WORD",
        help='refuse those built around it; repeatable, in the place of all there are, and "" for none',
    )
    parser.add_argument(
        "--check-breaches",
        dest="checks_breaches",
        action=BooleanOptionalAction,
        help="ask a list on the network whether one is known from a breach, or don't",
    )
    parser.add_argument("--character-kinds", type=int, help="small letters, capitals, digits, others: so many at least")
    parser.add_argument("--history", type=int, help="how many of the last ones can't be chosen again")


def _administrator_id(email: str) -> UUID:
    with schema_context(PUBLIC):
        home = Tenant.objects.filter(is_home=True).first()
    if home is None:
        raise NotAnAdministrator(email)
    with tenant_context(home):
        account = Account.objects.kept().with_email(email).first()
    if account is None:
        raise NotAnAdministrator(email)
    account_id: UUID = account.pk
    return account_id


def _addresses(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": str(tenant.pk),
        "domain": tenant.slug,
        "name": tenant.name,
        "base_url": base_url(tenant),
        "issuer": issuer_of(tenant),
    }


def _everything(tenant: Tenant) -> dict[str, Any]:
    return _addresses(tenant) | {
        "state": tenant.state,
        "country": tenant.country,
        "time_zone": tenant.time_zone,
        "is_home": tenant.is_home,
        "created_at": tenant.created_at.isoformat(),
        "schema": tenant.schema_name,
    }
