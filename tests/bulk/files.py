"""Files of customers, and the way through an import without its pages."""

from collections.abc import Iterable
from typing import Any

from django_tenants.utils import schema_context

from audit.services import Actor
from bulk.imports.pieces import pieces_of
from bulk.imports.services import add_piece, begin_import, bring_in, check_file, guessed
from bulk.models import Operation
from tenants.lookup import PUBLIC
from tests.worker import run_jobs

ACTOR = Actor("command", name="A test")


def uploaded(content: bytes | str, *, name: str = "customers.csv", actor: Actor = ACTOR) -> Operation:
    """An import whose file is there whole."""
    content = content.encode() if isinstance(content, str) else content
    operation = begin_import(file_name=name, size=len(content), actor=actor)
    for number, piece in enumerate(pieces_of(content)):
        add_piece(operation, number=number, content=piece)
    operation.refresh_from_db()
    return operation


def checked(content: bytes | str, *, mapping: dict[str, str] | None = None, **chosen: Any) -> Operation:
    """An import whose lines have been judged, with its columns as guessed, or as given."""
    operation = uploaded(content)
    choices: dict[str, Any] = {"existing": "skip", "verified": "yes", "group_id": None, **chosen}
    check_file(operation, mapping=guessed(operation) | (mapping or {}), **choices)
    work()
    operation.refresh_from_db()
    return operation


def imported(content: bytes | str, **chosen: Any) -> Operation:
    """An import that is done."""
    operation = checked(content, **chosen)
    bring_in(operation, actor=ACTOR)
    work()
    operation.refresh_from_db()
    return operation


def work() -> None:
    """Have the worker do what is due, of whichever tenant."""
    with schema_context(PUBLIC):
        run_jobs()


def csv_of(*lines: Iterable[str]) -> str:
    return "".join(",".join(line) + "\n" for line in lines)
