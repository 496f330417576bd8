"""Rows of the cast that a process reads once: what a test has written nothing of yet is as the template has it."""

import pickle
from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model

from tenants.postgresql import connection

Row = TypeVar("Row", bound=Model)
_kept: dict[tuple[str, ...], bytes] = {}


def as_founded(*names: str, read: Callable[[], Row]) -> Row:
    """The row that `read` finds, one for each of these names; another object each time."""
    if not _is_untouched():
        return read()
    if names not in _kept:
        _kept[names] = pickle.dumps(read())
    row: Row = pickle.loads(_kept[names])  # noqa: S301 - our own
    return row


def _is_untouched() -> bool:
    """Whether we are in a test's own transaction, in which PostgreSQL hasn't been given anything to write."""
    blocks = connection.atomic_blocks
    if not blocks or not blocks[0]._from_testcase:
        return False
    return bool(connection.connection.execute("SELECT pg_current_xact_id_if_assigned() IS NULL").fetchone()[0])
