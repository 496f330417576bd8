from typing import Any

from django.core.management.base import CommandError

from accounts.identity.lookup import custom_attribute_types
from accounts.identity.services.accounts import create_account
from accounts.models import CustomAttribute
from audit.services import Actor
from commands.answers import Answer, VerbCommand, password_from_stdin
from commands.files_of_customers import add_import_options, import_customers
from commands.named import serving
from common.problems import Code, Problem, Refused

TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


class Command(VerbCommand):
    help = "Create customers of a tenant, one or many."

    def add_verbs(self) -> None:
        create = self.verb("create", self.create, summary="create a customer whose address counts as verified")
        create.add_argument("--tenant", required=True, metavar="DOMAIN")
        create.add_argument("--email", required=True)
        create.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input; without one the customer signs in by one-time code",
        )
        create.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE")
        add_import_options(self.verb("import", import_customers, summary="bring in the customers of a file"))

    def create(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            if tenant.is_home:
                raise CommandError(
                    "People of the home tenant are administrators: use `manage.py administrator create`."
                )
            account = create_account(
                email=options["email"],
                attributes=_attributes(options["attribute"]),
                password=password_from_stdin() if options["password_stdin"] else None,
                email_verified=True,
                actor=Actor.command(),
            )
        return Answer(
            {"id": str(account.pk), "email": account.email}, f"{account.email} can sign in to “{tenant.name}”."
        )


def _attributes(pairs: list[str]) -> dict[str, Any]:
    """The values by attribute name, a yes or no as such where the attribute is one. The service judges them."""
    types = custom_attribute_types()
    values: dict[str, Any] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise Refused([Problem(Code.INVALID, "attribute", f"Write {pair}=VALUE.")])
        is_truth = types.get(name) == CustomAttribute.DataType.BOOLEAN
        values[name] = _truth(name, value) if is_truth else value
    return values


def _truth(name: str, value: str) -> bool:
    if value.lower() not in TRUTHS:
        raise Refused([Problem(Code.INVALID, "attribute", f"{name} is true or false.")])
    return TRUTHS[value.lower()]
