"""What the worker does for all logs, of the tenants and of the installation, without asking each every few seconds."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django_tenants.utils import schema_context

from common.database.written import rows_written
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.schema.upgrade import migration_state

logger = logging.getLogger(__name__)


class Rounds:
    """Goes round among the tenants, and the installation, in whose `tables` something was written since the last time.

    `visit` gets each one's schema, and says whether to come again the next time whatever happens; so many `at_once`, in
    threads, where it waits for others. At first all are visited; what is missed afterwards, as PostgreSQL counts a
    little late or has forgotten its count, comes with the tenant's next write.
    """

    def __init__(self, tables: Sequence[str], visit: Callable[[str], bool], *, at_once: int = 1) -> None:
        self._tables, self._visit, self._at_once = list(tables), visit, at_once
        self._written: dict[str, int] = {}
        self._again: set[str] = set()

    def go(self) -> None:
        """Visit whom there is something to do for. One at whom it fails keeps no other waiting, and is tried again."""
        written = self._read()
        due = {schema for schema, number in written.items() if self._written.get(schema) != number}
        due |= self._again & written.keys()
        self._written = written
        if self._at_once == 1:
            self._again = {schema for schema in sorted(due) if self._comes_again(schema)}
        elif due:
            with ThreadPoolExecutor(self._at_once, thread_name_prefix="logs") as threads:
                again = threads.map(self._comes_again_in_a_thread, sorted(due))
                self._again = {schema for schema, comes_again in zip(sorted(due), again, strict=True) if comes_again}

    def _comes_again(self, schema: str) -> bool:
        try:
            return self._visit(schema)
        except Exception:
            logger.exception("A round of logs failed in %s", schema)
            return True

    def _comes_again_in_a_thread(self, schema: str) -> bool:
        try:
            return self._comes_again(schema)
        finally:
            connection.close()

    def _read(self) -> dict[str, int]:
        with schema_context(PUBLIC):
            served = Tenant.objects.filter(migration_state=migration_state())
            schemas = {PUBLIC, *served.values_list("schema_name", flat=True)}
            return {schema: number for schema, number in rows_written(self._tables).items() if schema in schemas}
