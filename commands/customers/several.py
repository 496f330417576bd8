"""`manage.py customer bulk`, `undo`, `cancel` and `operations`: what is done to many customers, as in the portal."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.finding.lookup import customers_found
from accounts.identity.policies import BLOCK_LASTS
from accounts.models import Factor
from audit.services import Actor
from bulk.actions.failures import failures_as_csv, failures_of
from bulk.actions.services import begin_action, choose_for_action, choose_named, first_chosen, undo
from bulk.actions.verbs import VERBS
from bulk.chain import work_here
from bulk.models import Kind, Operation, State
from bulk.reports import EVERYBODY
from bulk.services import cancel
from commands.answers import Answer, text_from_stdin
from commands.customers.filters import add_filters, as_written, asked_for, operation_named
from commands.named import group_named, serving_customers
from commands.written_files import write_file
from mail.sending.transports import keeps_messages

COMMAND = Actor.command()
MOST_TOLD, MOST_LISTED, MOST_READ = 10, 200, 100_000
ALL = "all"
STAYS = "No mail server is set up, so these emails stay in the outbox and reach no one."
# An action has the word by which one customer has it done.
OTHERWISE = {Kind.REQUIRE_PASSWORD: "require-new-password", Kind.SEND_LINK: "send-password-link"}
ACTIONS = {OTHERWISE.get(kind, kind.value.replace("_", "-")): kind for kind in VERBS}


def add_bulk_options(parser: CommandParser) -> None:
    """What `customer bulk` takes: the action, whom it is about, and how it is done."""
    parser.add_argument("action", choices=list(ACTIONS), metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--stdin", action="store_true", help="read whom it is about: an ID or an address a line")
    parser.add_argument("--everybody", action="store_true", help="all customers but deleted ones")
    add_filters(parser)
    parser.add_argument("--reason", default="", help="of a block, or of taking factors away")
    parser.add_argument("--for", dest="lasts", choices=list(BLOCK_LASTS), help="how long a block lasts")
    parser.add_argument(
        "--second-factor", action="append", default=[], choices=[*Factor.values, ALL], help="to take away"
    )
    parser.add_argument("--this-group", metavar="NAME", help="the group that they are added to, or removed from")
    _add_how_far(parser)


def add_undo_options(parser: CommandParser) -> None:
    """What `customer undo` takes."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--operation", required=True, metavar="ID", help="as operations names it")
    _add_how_far(parser)


def add_cancel_options(parser: CommandParser) -> None:
    """What `customer cancel` takes."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--operation", required=True, metavar="ID", help="as operations names it")


def do_to_several(options: dict[str, Any]) -> Answer:
    """Do the action to each of the customers meant, in as many transactions as there are chunks."""
    kind = ACTIONS[options["action"]]
    lasts = BLOCK_LASTS.get(options["lasts"] or "")
    how = {
        "reason": options["reason"],
        "until": timezone.now() + lasts if lasts else None,
        "factors": Factor.values if ALL in options["second_factor"] else options["second_factor"],
    }
    with serving_customers(options["tenant"]), transaction.atomic():
        operation = _chosen(kind, options)
        if options["check"]:
            return _dry_run(operation)
        _refuse_unless_counted(operation, options["number"])
        _require_writable(options["failed"])
        begin_action(operation, actor=COMMAND, **how)
    return _done(operation, options)


def undo_operation(options: dict[str, Any]) -> Answer:
    """Undo what a bulk operation has changed."""
    with serving_customers(options["tenant"]), transaction.atomic():
        operation = undo(operation_named(options["operation"]), actor=COMMAND)
        if options["check"]:
            return _dry_run(operation)
        _refuse_unless_counted(operation, options["number"])
        _require_writable(options["failed"])
        begin_action(operation, actor=COMMAND)
    return _done(operation, options)


def cancel_operation(options: dict[str, Any]) -> Answer:
    """Stop an import or an action where it stands."""
    with serving_customers(options["tenant"]):
        operation = operation_named(options["operation"])
        cancel(operation, actor=COMMAND)
        operation.refresh_from_db()
    return Answer(_facts(operation), "Cancelled. What was done before stays done.")


def list_operations(options: dict[str, Any]) -> Answer:
    """Imports and actions of the last 30 days, the newest first."""
    with serving_customers(options["tenant"]):
        rows = [
            {**_facts(each), "subject": each.subject, "by": each.actor_name, "created_at": each.created_at.isoformat()}
            for each in Operation.objects.order_by("-created_at", "-pk")[:MOST_LISTED]
        ]
    lines = [f"{row['id']} {row['kind']} ({row['state']}), {row['done']:,} done: {row['subject']}" for row in rows]
    return Answer({"operations": rows}, "\n".join(lines) or "Nothing yet.")


def _add_how_far(parser: CommandParser) -> None:
    parser.add_argument("--check", action="store_true", help="only say whom it is about")
    parser.add_argument("--number", type=int, help="do nothing unless it is about just so many")
    parser.add_argument("--failed", metavar="FILE", help="write there to whom it couldn't be done, with the reasons")


def _chosen(kind: Kind, options: dict[str, Any]) -> Operation:
    group = group_named(options["this_group"]) if options["this_group"] else None
    if VERBS[kind].has_group and group is None:
        raise CommandError("--this-group: name the group.")
    asked = asked_for(options)
    ways = (options["stdin"], options["everybody"], not asked.is_empty)
    if sum(ways) != 1:
        raise CommandError("Say whom it is about: by filters, by --stdin, or --everybody.")
    if options["stdin"]:
        named = text_from_stdin(of="ID or address").splitlines()
        subject = "Named at the command line"
        return choose_named(kind, named=named, most=MOST_READ, actor=COMMAND, group=group, subject=subject)
    return choose_for_action(
        kind, chosen=customers_found(asked), actor=COMMAND, group=group, subject=as_written(options) or EVERYBODY
    )


def _dry_run(operation: Operation) -> Answer:
    """Say whom it is about, and leave nothing behind."""
    first = [account.email for account in first_chosen(operation, MOST_TOLD)]
    transaction.set_rollback(True)
    more = operation.total - len(first)
    lines = [f"{_count(operation)} chosen.", *first, *([f"and {more:,} more"] if more else [])]
    return Answer({"kind": operation.kind, "customers": operation.total, "first": first}, "\n".join(lines))


def _refuse_unless_counted(operation: Operation, number: int | None) -> None:
    if number is None and VERBS[Kind(operation.kind)].is_for_good:
        raise CommandError("This can't be undone. --check says how many it is about: give that as --number.")
    if number not in {None, operation.total}:
        raise CommandError(f"It is about {_count(operation)}, so nothing was done.")


def _require_writable(failed: str | None) -> None:
    """Make the file empty before anything is done, or nobody would be told afterwards to whom it couldn't be."""
    if failed:
        write_file(Path(failed), ())


def _done(operation: Operation, options: dict[str, Any]) -> Answer:
    with serving_customers(options["tenant"]):
        work_here(operation)
        if operation.state == State.FAILED:
            raise CommandError(operation.problem)
        failures = [{"customer": name, "problem": item.problem} for item, name in failures_of(operation.pk)]
        if options["failed"]:
            write_file(Path(options["failed"]), failures_as_csv(operation.pk))
        stays = [STAYS] if VERBS[Kind(operation.kind)].mails and keeps_messages() else []
    told = (
        f"{_count(operation)}: {operation.done:,} done, {operation.unchanged:,} unchanged, {operation.failed:,} failed."
    )
    lines = [told, *stays, *(f"{each['customer']}: {each['problem']}" for each in failures[:MOST_TOLD])]
    return Answer({**_facts(operation), "failures": failures}, "\n".join(lines))


def _facts(operation: Operation) -> dict[str, Any]:
    counts = {"done": operation.done, "unchanged": operation.unchanged, "failed": operation.failed}
    told = {"id": str(operation.pk), "kind": operation.kind, "state": operation.state, "customers": operation.total}
    return {**told, **counts}


def _count(operation: Operation) -> str:
    return "1 customer" if operation.total == 1 else f"{operation.total:,} customers"
