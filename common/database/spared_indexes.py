"""Indexes that migrations drop: nothing is found by them, or another one begins with the same field.

Each costs a tenant's birth a quarter of a millisecond, and each row that is written a little.
"""

from typing import Any

from django.db.migrations.operations.base import Operation


class DropFieldIndexes(Operation):
    """Some fields of a model, foreign keys or others that have had indexes of their own, have them no longer.

    Django's `AlterField` would make the model and all that it is tied to anew, for each field and each tenant, which
    takes an upgrade a hundred times as long as the statement.
    """

    reversible = False

    def __init__(self, model_name: str, *names: str) -> None:
        self.model_name = model_name
        self.names = names

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration writes it."""
        return type(self).__name__, [self.model_name, *self.names], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Note it. The models that are made already may stay as they are: an index is nothing they know."""
        fields = state.models[app_label, self.model_name].fields
        for name in self.names:
            fields[name] = fields[name].clone()
            fields[name].db_index = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop those that are there, by the names that Django gave them."""
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        meta = model._meta
        columns = [meta.get_field(name).column for name in self.names]
        indexes = [schema_editor._create_index_name(meta.db_table, [column]) for column in columns]  # noqa: SLF001
        schema_editor.execute(f"DROP INDEX IF EXISTS {', '.join(map(schema_editor.quote_name, indexes))}")

    def describe(self) -> str:
        """What it does, in a line for whoever reads the plan of an upgrade."""
        return f"Drop the indexes of {', '.join(self.names)} of {self.model_name}"
