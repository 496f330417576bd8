from typing import Any

from accounts.identity.services.attributes import define_custom_attribute, describe_custom_attribute
from accounts.models import CustomAttribute
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import attribute_named, serving
from userflows.flows.removal import delete_attribute_everywhere

COMMAND = Actor.command()


class Command(VerbCommand):
    help = "Keep the custom attributes of a tenant."

    def add_verbs(self) -> None:
        for name, run, summary in (
            ("define", self.define, "add an attribute that user flows can ask for"),
            ("describe", self.describe, "change what is said of what an attribute is for"),
            ("delete", self.delete, "remove an attribute from the tenant and from each page layout"),
        ):
            parser = self.verb(name, run, summary=summary)
            parser.add_argument("--tenant", required=True, metavar="DOMAIN")
            parser.add_argument("--name", required=True)
            if name == "define":
                parser.add_argument("--type", default="String", choices=CustomAttribute.DataType.values)
                parser.add_argument("--unique", action="store_true", help="no two customers have the same value")
            if name != "delete":
                parser.add_argument("--description", default="")
        self.verb("list", self.list_all, summary="list the custom attributes").add_argument(
            "--tenant", required=True, metavar="DOMAIN"
        )

    def define(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            define_custom_attribute(
                name=options["name"],
                data_type=options["type"],
                description=options["description"],
                is_unique=options["unique"],
                actor=COMMAND,
            )
            return _attributes()

    def describe(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            attribute = attribute_named(options["name"])
            describe_custom_attribute(attribute, description=options["description"], actor=COMMAND)
            return _attributes()

    def delete(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            delete_attribute_everywhere(attribute_named(options["name"]), actor=COMMAND)
            return _attributes()

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            return _attributes()


def _attributes() -> Answer:
    rows = list(CustomAttribute.objects.order_by("name").values("name", "data_type", "is_unique", "description"))
    lines = [f"{row['name']}: {row['data_type']}" for row in rows]
    return Answer({"attributes": rows}, "\n".join(lines) or "No custom attributes yet.")
