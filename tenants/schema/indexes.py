"""Making the indexes that migrations left for later (`common.database.later_indexes`)."""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import Index, Model
from django_tenants.utils import schema_context

from common.database.later_indexes import AddIndexLater
from tenants.postgresql import connection

# One that was broken off stays behind, and answers nothing.
THERE = """
    SELECT namespace.nspname, class.relname, index.indisvalid
    FROM pg_index index JOIN pg_class class ON class.oid = index.indexrelid
        JOIN pg_namespace namespace ON namespace.oid = class.relnamespace
    WHERE class.relname = ANY(%s) AND namespace.nspname = ANY(%s)
"""


def missing_indexes(schemas: list[str]) -> Iterator[tuple[str, type[Model], Index]]:
    """Those that are to be made later and aren't there yet, with their model, in each of these schemas."""
    wanted = _made_later()
    with connection.cursor() as cursor:
        cursor.execute(THERE, [list(wanted), schemas])
        there = {(schema, name) for schema, name, is_valid in cursor.fetchall() if is_valid}
    for schema in schemas:
        yield from ((schema, *each) for name, each in wanted.items() if (schema, name) not in there)


def make_index(schema: str, model: type[Model], index: Index) -> None:
    """Make the index beside whatever goes on in the tenant of this schema. Not in a transaction."""
    with schema_context(schema), connection.schema_editor(atomic=False) as editor:
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {connection.ops.quote_name(index.name)}")
        editor.add_index(model, index, concurrently=True)


@cache
def _made_later() -> dict[str, tuple[type[Model], Index]]:
    """By name. One that a later migration took away again is none of the model's any more."""
    migrations = MigrationLoader(None).disk_migrations
    operations = [
        (app, operation)
        for (app, _), migration in migrations.items()
        for operation in migration.operations
        if isinstance(operation, AddIndexLater)
    ]
    models = [(apps.get_model(app, operation.model_name), operation.index.name) for app, operation in operations]
    return {name: (model, index) for model, name in models for index in model._meta.indexes if index.name == name}
