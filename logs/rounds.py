"""What the worker does for the logs of all tenants every few seconds, without asking each of them."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django_tenants.utils import schema_context

from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.schema.upgrade import migration_state

WRITTEN = """
    SELECT schemaname, sum(n_tup_ins + n_tup_upd) FROM pg_stat_all_tables WHERE relname = ANY(%s) GROUP BY schemaname
"""
"""How often PostgreSQL has seen these tables written to, for all tenants in one short statement."""

logger = logging.getLogger(__name__)


class Rounds:
    """Goes round among the tenants in whose `tables` something was written since the last time.

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
            schemas = set(served.values_list("schema_name", flat=True))
            with connection.cursor() as cursor:
                cursor.execute(WRITTEN, [self._tables])
                return {schema: number for schema, number in cursor.fetchall() if schema in schemas}
