"""`manage.py customer check`: what hinders a customer's sign-in, in a terminal."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from applications.models import Application
from audit.search import read_network
from commands.answers import Answer
from commands.named import customer_named, serving
from operations.sign_in.check import Past, SignInCheck, check_sign_in
from operations.sign_in.findings import Weight

MARKS = {Weight.FINE: "ok", Weight.NOTE: "note", Weight.PROBLEM: "PROBLEM"}
# Of a finding, what is for the page alone.
UNTOLD = frozenset({"place", "about", "only_from", "is_lacking", "comes_first"})


def add_check_options(parser: CommandParser) -> None:
    """Let a command say who wants to sign in, where, and from where."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--email", required=True)
    parser.add_argument(
        "--client-id",
        default="",
        help="of the application that the customer wants to sign in to; without it, where it failed last",
    )
    parser.add_argument(
        "--ip", default="", help="the address of the network from which they try; without it, from where it failed last"
    )


def check_customer(options: dict[str, Any]) -> Answer:
    """Say whether the customer could sign in now, and why not. Raises `CommandError`."""
    ip = options["ip"]
    network = read_network(ip) if ip else None
    if ip and (network is None or network.num_addresses != 1):
        raise CommandError("Write one IP address behind --ip.")
    with serving(options["tenant"]):
        account = customer_named(options["email"])
        application = _application(options["client_id"])
        check = check_sign_in(account, application=application, ip=str(network[0]) if network else "")
    told = {
        "can_sign_in": check.is_possible,
        "methods": list(check.methods),
        "verdict": check.verdict,
        "findings": [
            {name: str(value) for name, value in vars(finding).items() if name not in UNTOLD}
            for finding in check.findings
        ],
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
    lines = [check.verdict, ""]
    lines += [f"  {MARKS[each.weight]:<8} {each.title}. {each.text} {each.remedy}".rstrip() for each in check.findings]
    for past in (check.last_failure, check.last_success):
        if past:
            why = f": {past.explanation.in_full}" if past.explanation else ""
            lines.append(f"  last     {past.event.at:%Y-%m-%d %H:%M} UTC, {past.sentence}{why}")
    return "\n".join(lines)
