from typing import Any

from audit.services import Actor
from commands.answers import Answer, VerbCommand, password_from_stdin
from commands.named import tenant_named
from operations.onboarding import appoint_administrator


class Command(VerbCommand):
    help = "Create the people who use the portal: administrators of a tenant, and operators of the installation."

    def add_verbs(self) -> None:
        create = self.verb(
            "create", self.create, summary="let somebody manage a tenant, or the installation if no tenant is named"
        )
        create.add_argument("--email", required=True)
        create.add_argument("--tenant", metavar="DOMAIN", help="the tenant to manage; without it an operator is made")
        create.add_argument(
            "--password-stdin", action="store_true", help="read the new account's password from standard input"
        )

    def create(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"]) if options["tenant"] else None
        appointed = appoint_administrator(
            email=options["email"],
            password=password_from_stdin() if options["password_stdin"] else None,
            tenant=tenant,
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
