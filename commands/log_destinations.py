"""The verbs of `manage.py log` about where else a log goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError
from django.utils.dateparse import parse_datetime

from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import serving
from logs.forwarding import services
from logs.forwarding.description import DestinationDescription, describe
from logs.forwarding.progress import progress_of
from logs.models import Destination

ACTOR = Actor.command()


def add_destination_verbs(command: VerbCommand) -> None:
    """Offer the verbs, each about the destinations of one tenant."""
    _verb(command, "destinations", _list, "list where else the log goes")
    forward = _verb(command, "forward", _forward, "send what happens from now on there, too")
    forward.add_argument("--name", required=True)
    forward.add_argument("--kind", required=True, choices=Destination.Kind.values)
    forward.add_argument("--address", required=True, help="https://... of a web-hook, host:port of a syslog server")
    change = _verb(command, "change-destination", _change, "give a destination another name or address")
    change.add_argument("--name", required=True)
    change.add_argument("--new-name")
    change.add_argument("--address")
    for name, run, summary in (
        ("test", _test, "send one event that never happened, and say what came of it"),
        ("suspend", _suspend, "send nothing until it is resumed"),
        ("resume", _resume, "go on where it stopped"),
        ("exchange-secret", _exchange_secret, "sign by a new secret, and for a day by the old one as well"),
        ("stop", _stop, "forward nothing there any more"),
    ):
        _verb(command, name, run, summary).add_argument("--name", required=True)
    replay = _verb(command, "replay", _replay, "send all again since a moment")
    replay.add_argument("--name", required=True)
    replay.add_argument("--since", required=True, help="such as 2026-11-29T14:30, in UTC unless it says otherwise")


def _verb(command: VerbCommand, name: str, run: Callable[[dict[str, Any]], Answer], summary: str) -> Any:
    parser = command.verb(name, run, summary=summary)
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    return parser


def _list(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        found = [_facts(each) for each in Destination.objects.order_by("created_at")]
    lines = [f"{each['name']}  {each['kind']}  {each['state']}  {each['waiting']} waiting" for each in found]
    return Answer({"destinations": found}, "\n".join(lines) or "The log goes nowhere else.")


def _forward(options: dict[str, Any]) -> Answer:
    description = DestinationDescription(options["name"], options["kind"], options["address"])
    with serving(options["tenant"]):
        destination, secret = services.create_destination(description, actor=ACTOR)
    text = f"Forwarding to {destination.name}." + (f" Its secret, shown this once: {secret}" if secret else "")
    return Answer({"id": str(destination.pk), "secret": secret or None}, text)


def _change(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        destination = _named(options["name"])
        now = describe(destination)
        description = replace(now, name=options["new_name"] or now.name, address=options["address"] or now.address)
        services.change_destination(destination, description, actor=ACTOR)
        return _told(str(destination.pk))


def _test(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        outcome = services.send_test(_named(options["name"]), actor=ACTOR)
    if not outcome.has_arrived:
        raise CommandError(f"The test event didn't arrive. {outcome.told.in_english}")
    return Answer({"status": outcome.status, "answer": outcome.answer.in_english}, "The test event has arrived.")


def _suspend(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        services.suspend(_named(options["name"]), actor=ACTOR)
        return _told(options["name"])


def _resume(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        services.resume(_named(options["name"]), actor=ACTOR)
        return _told(options["name"])


def _replay(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        services.replay(_named(options["name"]), since=moment_of(options["since"], of="since"), actor=ACTOR)
        return _told(options["name"])


def _exchange_secret(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        destination = _named(options["name"])
        if destination.kind != Destination.Kind.WEB_HOOK:
            raise CommandError("Only a web-hook has a secret.")
        secret = services.exchange_secret(destination, actor=ACTOR)
    return Answer(
        {"secret": secret}, f"The new secret, shown this once: {secret}. The old one signs as well for a day."
    )


def _stop(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        destination = _named(options["name"])
        services.delete(destination, actor=ACTOR)
    return Answer({"stopped": str(destination.pk)}, f"Nothing goes to {destination.name} any more.")


def _named(name: str) -> Destination:
    """The only destination of the tenant being served with this name, or ID."""
    found = [each for each in Destination.objects.all() if name in {each.name, str(each.pk)}]
    if not found:
        raise CommandError(f"There is no destination {name}. `manage.py log destinations` names them all.")
    if len(found) > 1:
        raise CommandError(f"Several destinations are called {name}. Give an ID instead of it.")
    return found[0]


def moment_of(text: str, *, of: str) -> datetime:
    """The moment that the option `of` names. Raises `CommandError`."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--{of}: Write a day and a time, such as 2026-11-29T14:30.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(name: str) -> Answer:
    facts = _facts(_named(name))
    return Answer(facts, f"{facts['name']} is {facts['state']}; {facts['waiting']} events wait for it.")


def _facts(destination: Destination) -> dict[str, Any]:
    progress = progress_of(destination)
    return {
        "id": str(destination.pk),
        "name": destination.name,
        "kind": destination.kind,
        "address": destination.address,
        "state": progress.state,
        "waiting": progress.waiting,
        "oldest_at": progress.oldest_at.isoformat() if progress.oldest_at else None,
        "arrived_at": destination.arrived_at.isoformat() if destination.arrived_at else None,
        "problem": destination.why_suspended.in_english,
    }
