from typing import Any

from django.core.management.base import CommandError

from accounts.identity.services.groups import add_to_group, create_group, remove_from_group
from accounts.models import DeletedGroup, Group
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import customer_named, group_named, serving
from operations.groups import delete_group, restore_group

COMMAND = Actor.command()


class Command(VerbCommand):
    help = "Make groups of customers."

    def add_verbs(self) -> None:
        for name, run, summary in (
            ("create", self.create, "make an empty group"),
            ("delete", self.delete, "delete a group, which can be restored for 30 days; the customers in it stay"),
            ("restore", self.restore, "take a deletion back, the last one of this name"),
            ("add", self.add, "put a customer into a group"),
            ("remove", self.remove, "take a customer out of a group"),
        ):
            parser = self.verb(name, run, summary=summary)
            parser.add_argument("--tenant", required=True, metavar="DOMAIN")
            parser.add_argument("--name", required=True)
            if name == "create":
                parser.add_argument("--description", default="")
            if name in {"add", "remove"}:
                parser.add_argument("--email", required=True, help="the customer's address")
        self.verb("list", self.list_all, summary="list the groups").add_argument(
            "--tenant", required=True, metavar="DOMAIN"
        )

    def create(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            create_group(name=options["name"], description=options["description"], actor=COMMAND)
            return _groups()

    def delete(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            delete_group(group_named(options["name"]), actor=COMMAND)
            return _groups()

    def restore(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            deleted = DeletedGroup.objects.restorable().filter(name__iexact=options["name"]).first()
            if deleted is None:
                raise CommandError(f"No group {options['name']} was deleted within the last 30 days.")
            restore_group(deleted, actor=COMMAND)
            return _groups()

    def add(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            add_to_group(group_named(options["name"]), account=customer_named(options["email"]), actor=COMMAND)
            return _groups()

    def remove(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            remove_from_group(group_named(options["name"]), account=customer_named(options["email"]), actor=COMMAND)
            return _groups()

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            return _groups()


def _groups() -> Answer:
    rows = [
        {
            "name": group.name,
            "description": group.description,
            "members": list(group.members.order_by("account__email").values_list("account__email", flat=True)),
        }
        for group in Group.objects.all()
    ]
    lines = [f"{row['name']}: {len(row['members'])}" for row in rows]
    return Answer({"groups": rows}, "\n".join(lines) or "No groups yet.")
