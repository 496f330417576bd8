"""`manage.py tenant mail`: the mail server of a tenant's own."""

from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from commands.answers import Answer, password_from_stdin
from commands.named import serving
from mail.models import OwnServer
from mail.own_servers.description import OwnServerDescription, describe
from mail.own_servers.sender_records import check_sender, sender_in_use
from mail.policies import KIND_OF
from mail.sending.transports import keeps_messages
from mail.sending.trial import try_own_server
from mail.services import drop_own_server, use_own_server

CHOSEN = ("host", "port", "encryption", "user", "sender_address", "sender_name", "dkim_selector")


def add_mail_options(parser: CommandParser) -> None:
    """What may be chosen, by the names of the description."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--host", help="the mail server, such as smtp.example.com")
    parser.add_argument("--port", type=int, help="587 unless given")
    parser.add_argument("--encryption", choices=list(KIND_OF), help="starttls unless given")
    parser.add_argument("--user", help="whom to sign in as; without one, nobody")
    parser.add_argument("--password-stdin", action="store_true", help="read the user's password from standard input")
    parser.add_argument("--sender-address", metavar="EMAIL", help="the address that mail comes from")
    parser.add_argument("--sender-name", help="the name beside it; without one, the tenant's")
    parser.add_argument("--dkim-selector", help="the selector by which the DKIM record is looked up")
    parser.add_argument("--test-to", metavar="EMAIL", help="send a test there, with these values, and save nothing")
    parser.add_argument("--check", action="store_true", help="look the sender's SPF, DKIM and DMARC records up")
    parser.add_argument("--drop", action="store_true", help="go by the installation's server again")


def mail(options: dict[str, Any]) -> Answer:
    """Show the tenant's mail server, choose one, test one, look the sender's records up, or drop it.

    Raises `CommandError`.
    """
    chosen = {name: options[name] for name in CHOSEN if options[name] is not None}
    with serving(options["tenant"]):
        if options["drop"]:
            drop_own_server(actor=Actor.command())
            return _shown()
        wished = replace(describe(), **chosen)
        password = password_from_stdin() if options["password_stdin"] else ""
        if options["test_to"]:
            trial = try_own_server(wished, password=password, to=options["test_to"])
            if trial.problem:
                raise CommandError("\n".join([*trial.lines, trial.problem]))
            return Answer({"to": trial.to, "lines": list(trial.lines)}, "\n".join(trial.lines))
        if options["check"]:
            return _checked(wished)
        if chosen or password:
            use_own_server(wished, password=password, actor=Actor.command())
        return _shown()


def _checked(wished: OwnServerDescription) -> Answer:
    """The records of the sender's domain as they are now, with these values; nothing is saved."""
    address, known = sender_in_use(wished)
    found = check_sender(address, **known)
    lines = [f"Mail comes from {address}."]
    for record in found:
        lines.append(f"{record.title:6}  {record.state:8}  {record.name}")
        lines += [f"        found     {value}" for value in record.found]
        lines += [f"        expected  {record.expected}"] if not record.found else []
        lines += [f"        {record.advice}"] if record.advice else []
    return Answer({"sender": address, "records": [asdict(record) for record in found]}, "\n".join(lines))


def _shown() -> Answer:
    kept = OwnServer.objects.first()
    if kept is None:
        stays = "Mail stays in the outbox: the installation has no mail server."
        return Answer({"host": None}, stays if keeps_messages() else "Mail goes by the installation's server.")
    facts = asdict(describe()) | {
        "has_password": bool(kept.sealed_password),
        "failing_since": kept.failing_since.isoformat() if kept.failing_since else None,
        "error": kept.problem.in_english,
    }
    return Answer(facts, "\n".join(f"{name:16}  {value}" for name, value in facts.items()))
