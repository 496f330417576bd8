from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django_tenants.utils import schema_context

from accounts.models import Account
from audit.services import Actor
from commands.answers import Answer, VerbCommand, password_from_stdin
from commands.named import administrator_named, serving, tenant_named
from common.text.email_address import canonical_email
from operations.administrators import invitations, lost_factors, memberships
from operations.administrators.people import Administrator, administrators_of
from operations.onboarding import appoint_administrator
from tenants.lookup import PUBLIC
from tenants.models import Invitation, Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services.life_cycle import HOME_SLUG


class Command(VerbCommand):
    help = "Who manages a tenant, and in which role; without a tenant, the installation."

    def add_verbs(self) -> None:
        create = self.verb(
            "create", self.create, summary="let somebody manage a tenant, or the installation if no tenant is named"
        )
        _add_whom(create)
        _add_role(create)
        create.add_argument(
            "--password-stdin", action="store_true", help="read the new account's password from standard input"
        )
        invite = self.verb("invite", self.invite, summary="ask somebody by mail to manage a tenant")
        _add_whom(invite)
        _add_role(invite)
        role = self.verb("role", self.change_role, summary="give an administrator another role")
        _add_whom(role)
        _add_role(role, required=True)
        verbs: list[tuple[str, Callable[[dict[str, Any]], Answer], str]] = [
            ("suspend", self.suspend, "keep an administrator out until they are let in again"),
            ("resume", self.resume, "let a suspended administrator in again"),
            ("remove", self.remove, "let an administrator manage a tenant no more"),
            ("withdraw", self.withdraw, "let an invitation open nothing any more"),
        ]
        for name, run, summary in verbs:
            _add_whom(self.verb(name, run, summary=summary))
        factors = self.verb("remove-factors", self.remove_factors, summary="let somebody in who has lost them all")
        factors.add_argument("--email", required=True)
        factors.add_argument("--reason", default="")
        _add_tenant(self.verb("list", self.list_all, summary="name the administrators of a tenant"))

    def create(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"]) if options["tenant"] else None
        appointed = appoint_administrator(
            email=options["email"],
            password=password_from_stdin() if options["password_stdin"] else None,
            tenant=tenant,
            role=options["role"],
            actor=Actor.command(),
        )
        account = appointed.account
        facts = {
            "id": str(account.pk),
            "email": account.email,
            "tenant": tenant.slug if tenant else None,
            "is_operator": tenant is None or tenant.is_home,
            "is_new": appointed.is_new,
        }
        manages = f"“{tenant.name}”" if tenant else "the installation"
        words = f"{account.email} can now manage {manages}."
        if not appointed.is_new:
            words += " The account existed; its password is unchanged."
        return Answer(facts, words)

    def invite(self, options: dict[str, Any]) -> Answer:
        tenant = _tenant(options)
        invitation = invitations.invite(
            tenant=tenant, email=options["email"], role=options["role"], actor=Actor.command()
        )
        facts = {"email": invitation.email, "tenant": tenant.slug, "role": invitation.role}
        facts["expires_at"] = invitation.expires_at.isoformat()
        return Answer(facts, f"{invitation.email} was invited. The link in the mail is good for 7 days.")

    def change_role(self, options: dict[str, Any]) -> Answer:
        membership = _membership(options)
        memberships.change_role(membership, role=options["role"], actor=Actor.command())
        return _told(options, f"{options['email']} is now {options['role']}.")

    def suspend(self, options: dict[str, Any]) -> Answer:
        memberships.suspend(_membership(options), actor=Actor.command())
        return _told(options, f"{options['email']} is suspended.")

    def resume(self, options: dict[str, Any]) -> Answer:
        memberships.resume(_membership(options), actor=Actor.command())
        return _told(options, f"{options['email']} can manage the tenant again.")

    def remove(self, options: dict[str, Any]) -> Answer:
        membership = _membership(options)
        memberships.remove(membership, actor=Actor.command())
        facts = {"email": options["email"], "tenant": membership.tenant.slug}
        return Answer(facts, f"{options['email']} doesn't manage the tenant any more.")

    def remove_factors(self, options: dict[str, Any]) -> Answer:
        email = options["email"]
        with serving(HOME_SLUG):
            account = Account.objects.with_email(email).first()
        if account is None:
            raise CommandError(f"No administrator has the address {email}.")
        had_any = lost_factors.remove_factors(account, reason=options["reason"], actor=Actor.command())
        told = "has no second factor any more, and is signed out everywhere" if had_any else "has no second factor"
        return Answer({"id": str(account.pk), "email": account.email, "removed": had_any}, f"{account.email} {told}.")

    def withdraw(self, options: dict[str, Any]) -> Answer:
        tenant, email = _tenant(options), options["email"]
        with schema_context(PUBLIC):
            open_ones = Invitation.objects.select_related("tenant").filter(tenant=tenant)
            invitation = open_ones.filter(canonical_email=canonical_email(email)).first()
        if invitation is None:
            raise CommandError(f"Nobody with the address {email} is invited.")
        invitations.withdraw(invitation, actor=Actor.command())
        facts = {"email": invitation.email, "tenant": tenant.slug}
        return Answer(facts, f"The invitation of {invitation.email} is withdrawn.")

    def list_all(self, options: dict[str, Any]) -> Answer:
        tenant = _tenant(options)
        with schema_context(PUBLIC):
            found = list(Membership.objects.filter(tenant=tenant).order_by("created_at", "pk"))
        people = administrators_of(found)
        lines = [
            f"{_email(person):40} {person.membership.role}{_state(person)}; {_factors(person)}" for person in people
        ]
        return Answer(
            {"administrators": [_facts(person) for person in people]}, "\n".join(lines) or "There are none yet."
        )


def _add_tenant(parser: CommandParser) -> None:
    parser.add_argument("--tenant", metavar="DOMAIN", help="the tenant; without it, the installation")


def _add_whom(parser: CommandParser) -> None:
    parser.add_argument("--email", required=True)
    _add_tenant(parser)


def _add_role(parser: CommandParser, *, required: bool = False) -> None:
    parser.add_argument(
        "--role",
        choices=[str(role) for role in AdministratorRole],
        default=str(AdministratorRole.OWNER),
        required=required,
    )


def _tenant(options: dict[str, Any]) -> Tenant:
    return tenant_named(options["tenant"] or HOME_SLUG)


def _membership(options: dict[str, Any]) -> Membership:
    tenant = _tenant(options)
    administrator = administrator_named(options["email"])
    with schema_context(PUBLIC):
        membership = memberships.membership_of(administrator, tenant=tenant) if administrator else None
    if membership is None:
        raise CommandError(f"{options['email']} doesn't manage “{tenant.name}”. `manage.py administrator list` tells.")
    return membership


def _told(options: dict[str, Any], words: str) -> Answer:
    return Answer(_facts(administrators_of([_membership(options)])[0]), words)


def _facts(person: Administrator) -> dict[str, Any]:
    return {
        "id": str(person.membership.account_id),
        "email": _email(person),
        "role": person.membership.role,
        "factors": person.account.factors if person.account else [],
        "is_suspended": person.membership.suspended_at is not None,
        "since": person.membership.created_at.isoformat(),
        "last_seen": person.seen_at.isoformat() if person.seen_at else None,
    }


def _email(person: Administrator) -> str:
    return person.account.email if person.account else ""


def _state(person: Administrator) -> str:
    return ", suspended" if person.membership.suspended_at else ""


def _factors(person: Administrator) -> str:
    factors = person.account.factors if person.account else []
    return ", ".join(factors) or "no second factor"
