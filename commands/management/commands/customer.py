from typing import Any

from django.core.management.base import CommandError

from accounts.identity.lookup import custom_attribute_types
from accounts.identity.services.accounts import create_account
from accounts.models import Account, CustomAttribute
from applications.models import Application
from audit.search import read_network
from audit.services import Actor
from commands.answers import Answer, VerbCommand, password_from_stdin
from commands.files_of_customers import add_import_options, import_customers
from commands.named import serving
from common.problems import Code, Problem, Refused
from operations.sign_in_check import Past, SignInCheck, Weight, check_sign_in

TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


class Command(VerbCommand):
    help = "Create customers of a tenant, one or many, and see why one can't sign in."

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
        check = self.verb("check", self.look, summary="say whether a customer could sign in now, and why not")
        check.add_argument("--tenant", required=True, metavar="DOMAIN")
        check.add_argument("--email", required=True)
        check.add_argument("--client-id", default="", help="of the application that the customer wants to sign in to")
        check.add_argument("--ip", default="", help="the address of the network from which they try")
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

    def look(self, options: dict[str, Any]) -> Answer:
        ip = options["ip"]
        network = read_network(ip) if ip else None
        if ip and (network is None or network.num_addresses != 1):
            raise CommandError("Write one IP address behind --ip.")
        with serving(options["tenant"]):
            account = Account.objects.with_email(options["email"]).first()
            if account is None:
                raise CommandError("No customer of this tenant has this address.")
            application = _application(options["client_id"])
            check = check_sign_in(account, application=application, ip=str(network[0]) if network else "")
        told = {
            "can_sign_in": check.is_possible,
            "methods": list(check.methods),
            "verdict": check.verdict,
            "findings": [{**vars(finding), "weight": str(finding.weight)} for finding in check.findings],
            "last_success": _plain(check.last_success),
            "last_failure": _plain(check.last_failure),
        }
        return Answer(told, _lines(check))


def _application(client_id: str) -> Application | None:
    """The application, if one is named. Raises `CommandError`."""
    if not client_id:
        return None
    application = Application.objects.filter(client_id=client_id).first()
    if application is None:
        raise CommandError("No application of this tenant has this client ID.")
    return application


def _plain(past: Past | None) -> dict[str, str] | None:
    if past is None:
        return None
    why = past.explanation.in_full if past.explanation else ""
    return {"at": past.event.at.isoformat(), "sentence": past.sentence, "why": why}


def _lines(check: SignInCheck) -> str:
    """The check as it is read in a terminal."""
    marks = {Weight.FINE: "ok", Weight.NOTE: "note", Weight.PROBLEM: "PROBLEM"}
    lines = [check.verdict, ""]
    lines += [f"  {marks[each.weight]:<8} {each.title}. {each.text} {each.remedy}".rstrip() for each in check.findings]
    for past in (check.last_failure, check.last_success):
        if past:
            why = f": {past.explanation.in_full}" if past.explanation else ""
            lines.append(f"  last     {past.event.at:%Y-%m-%d %H:%M} UTC, {past.sentence}{why}")
    return "\n".join(lines)


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
