"""What a worker has let out and not committed yet, on its own disk.

A mail server takes a mail, and the worker commits that it did. If the worker is killed in between, or the database is
away, this alone tells the next worker of the machine not to send it again.

As long as a worker goes by a name, it holds a file of that name, locked: the system lets go of the lock when the
process dies, however it dies. In it stands the row that its job has let out, until what the job wrote is committed.
A note is one write of a line, which outlives the process at once and a crash of the machine once the system has
written it out, within seconds. Waiting for that would take as long as the commit, which it is to outlast.
"""

import fcntl
import logging
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django_tenants.utils import schema_context

from common.database.faults import DATABASE_FAULTS
from tenants.postgresql import current_schema

UNFINISHED = "."
MOST_BYTES = 1024
ENTRY = re.compile(r"(?P<schema>\S+) (?P<model>\S+) (?P<pk>\S+)\n")

logger = logging.getLogger(__name__)
_journal: ContextVar[int | None] = ContextVar("descriptor of the running worker's journal", default=None)


def note_left(row: Model) -> None:
    """Note that a row has left, as soon as that is known. Does nothing where no journal can be kept.

    Its `state` is "queued" until its `note_sent()` says that it has left; `attempts` counts.
    """
    journal = _journal.get()
    if journal is None:
        return
    try:
        os.pwrite(journal, f"{current_schema()} {row._meta.label} {row.pk}\n".encode(), 0)
    except OSError as error:
        logger.warning("%s %s has left, and its worker's journal can't be written: %s", row._meta.label, row.pk, error)


def settle_left(*, is_committed: bool) -> None:
    """Empty the journal after a job. What it had let out when it failed is noted as sent now, since that was undone."""
    journal = _journal.get()
    if journal is not None:
        if not is_committed:
            take_note(os.pread(journal, MOST_BYTES, 0))
        # What can't be taken out says what is so by now.
        with suppress(OSError):
            os.ftruncate(journal, 0)


@contextmanager
def keeping_journal(worker: str) -> Iterator[bool]:
    """Keep a journal for the worker of this name, if that can be done. It stays behind if the block is broken off."""
    descriptor = _opened(worker)
    token = _journal.set(descriptor)
    try:
        yield descriptor is not None
        _remove(worker)
    finally:
        _journal.reset(token)
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def journals_of_the_dead() -> Iterator[dict[str, bytes]]:
    """What stands in the journals of this machine's dead workers, by their names. Nobody else looks at them
    meanwhile, and they are removed at the end, unless the block is broken off.
    """
    found: dict[str, bytes] = {}
    with ExitStack() as locks:
        for path in folder().glob(f"[!{UNFINISHED}]*"):
            try:
                file = locks.enter_context(path.open("rb"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found[path.name] = file.read(MOST_BYTES)
            except (BlockingIOError, FileNotFoundError):
                # Its worker lives, or has come to its end meanwhile.
                continue
            except OSError as error:
                _tell_unreadable(path, error.strerror)
        yield found
        for name in found:
            _remove(name)


def is_kept_here(worker: str) -> bool:
    """Whether this machine has a journal of the worker of this name, alive or dead. One that can't be read is none."""
    try:
        with (folder() / worker).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


def take_note(entry: bytes) -> None:
    """Commit that the row has left which stands in a journal, if that can be done. Raises one of `DATABASE_FAULTS` if
    the database went away.
    """
    try:
        _note_sent(entry)
    except DATABASE_FAULTS:
        raise
    except Exception:
        # Such as of a tenant that is gone. Nobody's jobs wait for it.
        logger.exception("Of %r, which stands in a worker's journal, no note can be taken", entry)


def _note_sent(entry: bytes) -> None:
    """A line that a crash has torn names no row."""
    named = ENTRY.fullmatch(entry.decode(errors="replace"))
    if named is None:
        return
    with schema_context(named["schema"]), transaction.atomic():
        model: Any = apps.get_model(named["model"])
        row = model.objects.select_for_update().filter(pk=named["pk"], state="queued").first()
        if row is None:
            return
        row.attempts += 1
        row.note_sent()
        row.save()
    logger.warning("%(model)s %(pk)s had left when its worker or job broke off; it is noted as sent", named.groupdict())


def folder() -> Path:
    """Where this machine's workers keep their journals."""
    return Path(settings.CIAM_DATA_DIR) / "worker"


def _opened(worker: str) -> int | None:
    """A new journal, locked before anybody else can come across it."""
    unfinished, finished = folder() / f"{UNFINISHED}{worker}", folder() / worker
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with ExitStack() as undoing:
            undoing.callback(os.close, descriptor)
            undoing.callback(_remove, unfinished.name)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            unfinished.rename(finished)
            undoing.pop_all()
    except OSError as error:
        logger.warning(
            "%s can't be written: %s. What this worker sends at the moment it is killed may be sent again. Set "
            "CIAM_DATA_DIR to a folder that outlives the worker and that it may write into.",
            folder(),
            error.strerror,
        )
        return None
    return descriptor


@cache
def _tell_unreadable(journal: Path, why: str) -> None:
    """Say it once, not at each look around."""
    logger.warning("%s can't be read: %s. What its worker had let out may leave again.", journal, why)


def _remove(worker: str) -> None:
    """What can't be removed is only looked at once more."""
    with suppress(OSError):
        (folder() / worker).unlink()
