"""Bringing the schemas of tenants to the migrations on disk, one after another."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from tenants.postgresql import connection

Applied = frozenset[tuple[str, str]]
"""The migrations a schema has seen, by app and name."""


@dataclass(frozen=True)
class _Change:
    """An operation of a migration, with all models as they are before and after it."""

    operation: Operation
    before: ProjectState
    after: ProjectState


class Migrator:
    """Migrates whichever schema is the current one, and remembers the way for the next.

    Django's `MigrationExecutor` composes all models anew between two operations, for each schema again: most of what an
    upgrade costs Python. Tenants of the same release go the same way, so it is composed once for all of them.
    """

    def __init__(self) -> None:
        self._graph = MigrationLoader(None).graph
        self._ways: dict[Applied, list[tuple[Migration, list[_Change]]]] = {}

    def migrate(self) -> None:
        """Apply what the schema hasn't seen. Whoever calls has a transaction open, and breaks it off at any error."""
        recorder = MigrationRecorder(connection)
        applied = frozenset(recorder.applied_migrations())
        for migration, changes in self._way_from(applied):
            with connection.schema_editor(atomic=False) as editor:
                for change in changes:
                    change.operation.database_forwards(migration.app_label, editor, change.before, change.after)
            recorder.record_applied(migration.app_label, migration.name)

    def _way_from(self, applied: Applied) -> list[tuple[Migration, list[_Change]]]:
        if applied not in self._ways:
            self._ways[applied] = list(self._compose(applied))
        return self._ways[applied]

    def _compose(self, applied: Applied) -> Iterator[tuple[Migration, list[_Change]]]:
        in_order = dict.fromkeys(node for leaf in self._graph.leaf_nodes() for node in self._graph.forwards_plan(leaf))
        state = ProjectState()
        for node in in_order:
            if node in applied:
                state = self._graph.nodes[node].mutate_state(state, preserve=False)
        state.apps  # noqa: B018 - Composed before the first change, it is changed with each instead of made anew.
        for node in in_order:
            if node not in applied:
                migration = self._graph.nodes[node]
                changes = []
                for operation in migration.operations:
                    before, state = state, state.clone()
                    operation.state_forwards(migration.app_label, state)
                    changes.append(_Change(operation, before, state))
                yield migration, changes
