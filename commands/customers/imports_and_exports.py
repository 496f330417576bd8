"""The verbs of `manage.py customer` that read and write files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.finding.lookup import customers_found
from accounts.identity.lookup import custom_attribute_types
from audit.services import Actor
from bulk.chain import work_here
from bulk.exports.columns import known_columns
from bulk.exports.services import CSV, JSON_LINES, everybody, export_customers
from bulk.imports.hashes import ORDERS
from bulk.imports.mapping import CUSTOM, targets
from bulk.imports.pieces import PIECE_BYTES
from bulk.imports.refused import refused_lines
from bulk.imports.services import add_piece, begin_import, bring_in, check_file, form_of, guessed, import_facts
from bulk.models import Operation, State
from bulk.services import cancel
from commands.answers import Answer
from commands.customers.filters import add_filters, as_written, asked_for
from commands.customers.several import STAYS
from commands.named import group_named, serving
from commands.written_files import write_file
from common.problems import Code, Problem, Refused
from mail.sending.transports import keeps_messages

COMMAND = Actor.command()
MOST_TOLD = 10


def add_import_options(parser: CommandParser) -> None:
    """What `customer import` takes."""
    parser.add_argument("file", metavar="FILE", help="CSV in UTF-8, JSON lines or a JSON array")
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument(
        "--column", action="append", default=[], metavar="HEADING=ATTRIBUTE", help="what a column is; nothing: left out"
    )
    parser.add_argument("--update", action="store_true", help="update customers who are there already")
    parser.add_argument("--verified", choices=["no", "yes", "file"], default="no", help="whether addresses are")
    parser.add_argument("--group", metavar="NAME", help="add everybody in the file to this group")
    parser.add_argument("--invite", action="store_true", help="mail invitations to those without a password")
    parser.add_argument(
        "--salt-order", choices=list(ORDERS), default="before", help="where a salt in a column of its own stands"
    )
    parser.add_argument(
        "--firebase-parameters", metavar="FILE", help="the password hash parameters, as Firebase's console shows them"
    )
    parser.add_argument("--check", action="store_true", help="only say what would come of it")
    parser.add_argument("--refused", metavar="FILE", help="write the lines that are refused there, with the reasons")


def import_customers(options: dict[str, Any]) -> Answer:
    """Bring the customers of a file in, in as many transactions as there are chunks."""
    with serving(options["tenant"]):
        path = Path(options["file"])
        with _begun(path) as operation:
            _upload(path, operation)
            _check(operation, options)
            facts = _bring_in(operation, options)
            told = _told(
                facts,
                of=("entry", "entries") if form_of(operation).is_list else ("line", "lines"),
                is_check=options["check"],
            )
            told += _unheeded(facts["unheeded"], verified=options["verified"])
            stays = [STAYS] if options["invite"] and facts["done"] and keeps_messages() else []
        return Answer(facts, "\n".join([*told, *stays]))


def add_export_options(parser: CommandParser) -> None:
    """What `customer export` takes."""
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--format", choices=[CSV, JSON_LINES], default=CSV)
    parser.add_argument("--column", action="append", default=[], metavar="NAME", help="may be repeated; else all")
    parser.add_argument("--password-hashes", action="store_true", help="write them, too, into JSON lines")
    add_filters(parser)


def export_to_file(options: dict[str, Any]) -> Answer:
    """Write the customers to a file that nobody else may read."""
    path, kind = Path(options["file"]), options["format"]
    with serving(options["tenant"]):
        columns = options["column"] or known_columns(custom_attribute_types())
        asked = asked_for(options)
        pieces = export_customers(
            everybody() if asked.is_empty else customers_found(asked),
            columns=columns,
            kind=kind,
            described=as_written(options),
            with_hashes=options["password_hashes"],
            actor=COMMAND,
        )
        size = write_file(path, pieces)
    return Answer({"file": str(path), "bytes": size}, f"{size:,} bytes written to {path}.")


@contextmanager
def _begun(path: Path) -> Iterator[Operation]:
    """An import of the file, which doesn't stay open if it breaks off, for whichever reason."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _unread(path, error) from error
    operation = begin_import(file_name=path.name, size=size, actor=COMMAND)
    try:
        yield operation
    except BaseException:
        _cancel(operation)
        raise


def _upload(path: Path, operation: Operation) -> None:
    try:
        with path.open("rb") as file:
            number = 0
            while content := file.read(PIECE_BYTES):
                add_piece(operation, number=number, content=content)
                number += 1
    except OSError as error:
        raise _unread(path, error) from error
    _unless_failed(operation)


def _unread(path: Path, error: OSError) -> CommandError:
    return CommandError(f"{path} can't be read: {error.strerror}.")


def _check(operation: Operation, options: dict[str, Any]) -> None:
    check_file(
        operation,
        mapping=guessed(operation) | _mapping(options["column"]),
        existing="update" if options["update"] else "skip",
        verified=options["verified"],
        group_id=group_named(options["group"]).pk if options["group"] else None,
        invites=options["invite"],
        salt_order=options["salt_order"],
        firebase=_read(Path(options["firebase_parameters"])) if options["firebase_parameters"] else "",
    )
    work_here(operation)
    _unless_failed(operation)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} can't be read.") from error


def _mapping(pairs: list[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    custom = custom_attribute_types()
    for pair in pairs:
        heading, separator, target = pair.rpartition("=")
        target = f"{CUSTOM}{target}" if target in custom else target
        if not separator or (target and target not in targets(custom)):
            raise Refused([Problem(Code.INVALID, "column", f"“{pair}” isn't a heading and an attribute of customers.")])
        chosen[heading] = target
    return chosen


def _bring_in(operation: Operation, options: dict[str, Any]) -> dict[str, Any]:
    if options["refused"]:
        _write_refused(operation, Path(options["refused"]))
    facts = import_facts(operation)
    if options["check"] or not operation.good:
        _cancel(operation)
        return facts
    bring_in(operation, actor=COMMAND)
    work_here(operation)
    return import_facts(operation)


def _write_refused(operation: Operation, path: Path) -> None:
    try:
        with path.open("wb") as file:
            file.writelines(refused_lines(operation))
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error


def _unless_failed(operation: Operation) -> Operation:
    operation.refresh_from_db()
    if operation.state == State.FAILED:
        raise CommandError(operation.problem)
    return operation


def _cancel(operation: Operation) -> None:
    if Operation.objects.open().filter(pk=operation.pk).exists():
        cancel(operation, actor=COMMAND)


def _unheeded(heading: str, *, verified: str) -> list[str]:
    """That a column isn't used, which says something about each address where the options say it about all."""
    counts = "every address counts as verified" if verified == "yes" else "no address counts as verified"
    return [f"The column {heading} isn't used, {counts}: --verified file goes by it."] if heading else []


def _told(facts: dict[str, Any], *, of: tuple[str, str], is_check: bool) -> list[str]:
    lines, refused = (f"{facts[each]} {of[facts[each] != 1]}" for each in ("lines", "refused"))
    refused = f"{refused} refused"
    judged = f"{lines}, {facts['good']} good, {refused}."
    written = f"{facts['done']} imported or updated, {facts['unchanged']} left as they were, {refused}."
    return [
        judged if is_check or facts["state"] != State.DONE else written,
        *(f"{each['lines']:>8}  {each['problem']}" for each in facts["problems"][:MOST_TOLD]),
    ]
