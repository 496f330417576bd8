"""Indexes on tables that may be large, made while their tenant is in use.

A migration runs in one transaction, and an index made there keeps everybody from writing until all of the table was
read: of ten million events, for a minute. So such a migration says `AddIndexLater`, which makes the index only where
there is nothing to read yet, as in a new tenant; the upgrade then makes those that are missing, each beside whatever
goes on (`tenants.schema.indexes`). Until then a page that would use it is slower, and nothing else.
"""

from typing import Any

from django.db.migrations import AddIndex


class AddIndexLater(AddIndex):
    """An index that the upgrade makes where there are rows already."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make it at once if the table is empty."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if not model._default_manager.exists():  # noqa: SLF001 - Django's public name
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nobody goes back: it stays."""
