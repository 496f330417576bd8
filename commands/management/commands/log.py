from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django_tenants.utils import schema_context

from audit.search import Sought
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.log_destinations import add_destination_verbs, moment_of
from commands.named import serving
from commands.written_files import write_file
from common.crypto.encryption import first_key_id
from logs.exporting import CSV, FORMATS, export_events
from logs.facts import log_facts
from logs.rules import LogRules, describe
from logs.seals.keys import public_key
from logs.seals.verifying import Noted, Verification, verify
from logs.served import served_events
from logs.services import apply
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.schema.upgrade import migration_state


class Command(VerbCommand):
    help = "Say how long a log is kept and where else it goes, export it, and verify that nobody has altered it."

    def add_verbs(self) -> None:
        _of_a_log(self.verb("show", self.show, summary="say how much of the log there is, and how it is kept"))
        keep = self.verb("keep", self.keep, summary="say for how long events are kept")
        keep.add_argument("--tenant", required=True, metavar="DOMAIN")
        keep.add_argument("--activity-days", metavar="DAYS", help="7 to 730, or default")
        keep.add_argument("--administration-days", metavar="DAYS", help="365 to 3650, or default")
        check = self.verb("verify", self.verify, summary="verify all events, or name the first that isn't as it was")
        _of_a_log(check, or_all=True)
        check.add_argument("--noted", metavar="NUMBER:HASH", help="a seal noted earlier, which has to be there still")
        export = self.verb("export", self.export, summary="write events to a file, the newest first")
        export.add_argument("file", metavar="FILE")
        _of_a_log(export)
        export.add_argument("--format", choices=FORMATS, default=CSV)
        export.add_argument("--since", help="such as 2026-11-29T14:30, in UTC unless it says otherwise")
        export.add_argument("--until", help="likewise")
        add_destination_verbs(self)

    def show(self, options: dict[str, Any]) -> Answer:
        with _serving_log(options):
            facts, rules = log_facts(), describe()
        last = facts.last_seal
        told = {
            "size": facts.size,
            "events_a_day": facts.a_day,
            "oldest_activity": facts.oldest_activity.isoformat() if facts.oldest_activity else None,
            "oldest_administration": facts.oldest_administration.isoformat() if facts.oldest_administration else None,
            "last_seal": last.number if last else None,
            **asdict(rules),
            "public_key": public_key(first_key_id()),
        }
        return Answer(told, "\n".join(f"{name.replace('_', ' ')}: {_said(value)}" for name, value in told.items()))

    def keep(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            rules = describe()
            named = {name: options[name] for name in ("activity_days", "administration_days") if options[name]}
            after = LogRules(**{**asdict(rules), **{name: _days(value) for name, value in named.items()}})
            apply(after, actor=Actor.command())
        return Answer(asdict(after), "\n".join(f"{name}: {_said(value)}" for name, value in asdict(after).items()))

    def verify(self, options: dict[str, Any]) -> Answer:
        is_one = options["tenant"] or options["installation"]
        if options["noted"] and not is_one:
            raise CommandError("--noted: Say of which --tenant the seal is, or of the --installation.")
        noted = _noted(options["noted"])
        tenants = [] if options["installation"] else _tenants(options["tenant"])
        found = {tenant.slug: verify(tenant.schema_name, noted=noted) for tenant in tenants}
        installation = None if options["tenant"] else verify(PUBLIC, noted=noted)
        told = found | ({"installation": installation} if installation else {})
        wrong = [f"{domain}: {each.fault.sentence.in_english}" for domain, each in told.items() if each.fault]
        if wrong:
            raise CommandError("\n".join(wrong))
        facts = [{"domain": domain, **_facts(each)} for domain, each in found.items()]
        return Answer(
            {"tenants": facts, "installation": _facts(installation) if installation else None},
            "\n".join(f"{domain}: {_sentence(each)}" for domain, each in told.items()),
        )

    def export(self, options: dict[str, Any]) -> Answer:
        path = Path(options["file"])
        bounds = {name: options[name] for name in ("since", "until") if options[name]}
        since, until = (moment_of(bounds[name], of=name) if name in bounds else None for name in ("since", "until"))
        with _serving_log(options):
            pieces = export_events(
                Sought(since=since, until=until).among(served_events()),
                log="installation" if options["installation"] else "all",
                file_format=options["format"],
                filters=bounds,
                actor=Actor.command(),
            )
            size = write_file(path, pieces)
        return Answer({"file": str(path), "bytes": size}, f"{size:,} bytes written to {path}.")


def _of_a_log(parser: CommandParser, *, or_all: bool = False) -> None:
    whose = parser.add_mutually_exclusive_group(required=not or_all)
    whose.add_argument("--tenant", metavar="DOMAIN", help="without either, all" if or_all else None)
    whose.add_argument("--installation", action="store_true", help="what concerns no single tenant")


@contextmanager
def _serving_log(options: dict[str, Any]) -> Iterator[None]:
    """Work with the log that the options name."""
    with schema_context(PUBLIC) if options["installation"] else serving(options["tenant"]):
        yield


def _tenants(domain: str | None) -> list[Tenant]:
    """The tenant of this domain, or all that are at the state of this release."""
    if domain:
        with serving(domain) as tenant:
            return [tenant]
    with schema_context(PUBLIC):
        return list(Tenant.objects.filter(migration_state=migration_state()).order_by("slug"))


def _days(value: str) -> int | None:
    if value == "default":
        return None
    if not value.isdecimal():
        raise CommandError("Give a whole number of days, or default.")
    return int(value)


def _noted(value: str | None) -> Noted | None:
    if not value:
        return None
    number, _, digest = value.partition(":")
    if not number.isdecimal() or not digest:
        raise CommandError("--noted: Write the seal's number, a colon, and its hash.")
    return Noted(int(number), digest)


def _facts(found: Verification) -> dict[str, Any]:
    return {
        "entries": found.entries,
        "late": found.late,
        "pruned": found.pruned,
        "unsealed": found.unsealed,
        "seals": found.seals,
        "verified_to": found.verified_to.isoformat() if found.verified_to else None,
        "last_seal": f"{found.last.number}:{found.last.hash}" if found.last else None,
    }


def _sentence(found: Verification) -> str:
    if found.verified_to is None or found.last is None:
        return f"nothing is sealed yet, {found.unsealed:,} events are waiting."
    more = [
        f"{number:,} {what}"
        for number, what in (
            (found.late, "of them sealed late"),
            (found.pruned, "more are gone, as their time was over"),
            (found.unsealed, "are too young to be sealed"),
        )
        if number
    ]
    entries = ", ".join([f"{found.entries:,} {'entry' if found.entries == 1 else 'entries'}", *more])
    last = f"{found.last.number}:{found.last.hash}"
    return f"verified to {found.verified_to:%Y-%m-%d %H:%M:%S} UTC, {entries}. Last seal: {last}"


def _said(value: object) -> object:
    return "default" if value is None else value
