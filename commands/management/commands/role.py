from typing import Any

from django.core.management.base import CommandError, CommandParser

from applications.description import Role
from applications.models import Application, AppRole
from applications.services.roles import assign_role, define_role, delete_role, withdraw_role
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import (
    add_application_options,
    application_named,
    customer_named,
    group_named,
    role_named,
    serving,
)

COMMAND = Actor.command()


class Command(VerbCommand):
    help = "Define the roles of an application, and give them to customers and groups."

    def add_verbs(self) -> None:
        define = self.verb("define", self.define, summary="let an application know a role")
        _add_role(define)
        define.add_argument("--display-name", required=True)
        define.add_argument("--description", default="")
        define.add_argument("--for-services", action="store_true", help="services may have it")
        define.add_argument("--not-for-customers", action="store_true", help="customers and groups may not")
        _add_role(self.verb("delete", self.delete, summary="take a role from everybody, and forget it"))
        for name, run, summary in (
            ("assign", self.assign, "give a role to a customer or a group"),
            ("withdraw", self.withdraw, "take a role from a customer or a group"),
        ):
            parser = self.verb(name, run, summary=summary)
            _add_role(parser)
            holder = parser.add_mutually_exclusive_group(required=True)
            holder.add_argument("--email", help="a customer's address")
            holder.add_argument("--group", metavar="NAME")
        add_application_options(self.verb("list", self.list_all, summary="list the roles and who has them"))

    def define(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            define_role(
                application,
                Role(
                    value=options["value"],
                    display_name=options["display_name"],
                    description=options["description"],
                    for_customers=not options["not_for_customers"],
                    for_services=options["for_services"],
                ),
                actor=COMMAND,
            )
            return _roles_of(application)

    def delete(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            delete_role(application, role_named(application, options["value"]).value, actor=COMMAND)
            return _roles_of(application)

    def assign(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            assign_role(role_named(application, options["value"]), **_holder(options), actor=COMMAND)
            return _roles_of(application)

    def withdraw(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            role = role_named(application, options["value"])
            assignment = role.assignments.filter(**_holder(options)).first()
            if assignment is None:
                raise CommandError(f"{options['email'] or options['group']} doesn’t have this role.")
            withdraw_role(assignment, actor=COMMAND)
            return _roles_of(application)

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            return _roles_of(application_named(options["client_id"]))


def _add_role(parser: CommandParser) -> None:
    add_application_options(parser)
    parser.add_argument("--value", required=True, help="as it stands in the claim roles; it never changes")


def _holder(options: dict[str, Any]) -> dict[str, Any]:
    if options["email"]:
        return {"account": customer_named(options["email"])}
    return {"group": group_named(options["group"])}


def _roles_of(application: Application) -> Answer:
    rows = [_row(role) for role in application.roles.all()]
    lines = [f"{row['value']}  {row['display_name']}: {', '.join(row['given_to']) or '-'}" for row in rows]
    return Answer({"client_id": application.client_id, "roles": rows}, "\n".join(lines) or "No roles yet.")


def _row(role: AppRole) -> dict[str, Any]:
    return {
        "value": role.value,
        "display_name": role.display_name,
        "for_customers": role.for_customers,
        "for_services": role.for_services,
        "is_enabled": role.is_enabled,
        "given_to": [str(assignment) for assignment in role.assignments.named()],
    }
