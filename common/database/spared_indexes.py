"""Indexes of foreign keys that nothing is found by, or that another index begins with.

Each costs a tenant's birth a quarter of a millisecond, and each row that is written a little. Django's `AlterField` would
make all models around the key anew, for each key and each tenant, which takes an upgrade a hundred times the statement.
"""

from typing import Any

from django.db.migrations.operations.base import Operation


class DropForeignKeyIndexes(Operation):
    """These foreign keys of a model say `db_index=False` from here on. They stay what they are besides."""

    reversible = False

    def __init__(self, model_name: str, *names: str) -> None:
        self.model_name = model_name
        self.names = names

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As a migration writes it."""
        return type(self).__name__, [self.model_name, *self.names], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Note it, without making models anew: none of them does anything else by it."""
        fields = state.models[app_label, self.model_name].fields
        for name in self.names:
            fields[name] = fields[name].clone()
            fields[name].db_index = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop them, as far as they are there."""
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        columns = [model._meta.get_field(name).column for name in self.names]  # noqa: SLF001 - Django's public name
        table = model._meta.db_table  # noqa: SLF001
        indexes = [schema_editor._create_index_name(table, [column]) for column in columns]  # noqa: SLF001
        schema_editor.execute(f"DROP INDEX IF EXISTS {', '.join(map(schema_editor.quote_name, indexes))}")

    def describe(self) -> str:
        """One line, as `showmigrations --plan` prints it."""
        return f"Drop the indexes of {', '.join(self.names)} of {self.model_name}"
