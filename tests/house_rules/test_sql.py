"""SQL written by hand is quick, and no linter sees which tables of other apps it reads. So it is said here.

Guards: "hand-written SQL over another app's tables is listed, and names columns that exist".
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tests.house_rules.sources import PACKAGES, ROOT, modules, name, nodes

# Who reads which tables of other apps in one statement with its own, because it is asked at every token request, or of
# thousands of lines at once.
READS_OF_OTHERS = {
    "applications/services/deletion.py": {"accounts_account", "accounts_group"},
    "bulk/exports/columns.py": {"accounts_activity", "accounts_group", "accounts_groupmember"},
    "bulk/exports/services.py": {"accounts_account"},
    "figures/services/active.py": {"accounts_activity", "audit_event"},
    "figures/services/activity.py": {"accounts_account", "accounts_activity", "audit_event"},
    "figures/services/events.py": {"accounts_account", "audit_event"},
    "bulk/imports/statements.py": {
        "accounts_account",
        "accounts_addresschange",
        "accounts_customerentry",
        "accounts_groupmember",
        "accounts_uniquevalue",
    },
    "oidc/tokens/roles_and_groups.py": {
        "accounts_group",
        "accounts_groupmember",
        "applications_approle",
        "applications_roleassignment",
    },
    "oidc/tokens/sql.py": {"accounts_account", "accounts_session"},
    "userflows/lookup.py": {"accounts_customattribute", "applications_application"},
}
STATEMENT = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE)\b")
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z]+_[a-z_]+)")
ALIAS = re.compile(r"\b(?:FROM|JOIN|INTO)\s+([a-z]+_[a-z_]+)\s+(?:AS\s+)?(?!WHERE|JOIN|ON|SET|AS\b)([a-z]+)\b")
TABLES = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def texts(path: Path) -> Iterator[str]:
    """The strings of a module, and the plain parts of those that are put together."""
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def tables_in(path: Path) -> set[str]:
    found = {table for text in texts(path) for table in TABLE.findall(text)}
    return {table for table in found if table in TABLES}


def columns_of(table: str) -> set[str]:
    return {str(field.column) for field in TABLES[table]._meta.concrete_fields}


def test_whoever_reads_another_apps_tables_by_hand_is_listed() -> None:
    reads = {}
    for path in modules(*PACKAGES):
        app = path.relative_to(ROOT).parts[0]
        foreign = {table for table in tables_in(path) if TABLES[table]._meta.app_label != app}
        if foreign:
            reads[name(path)] = foreign
    assert reads == READS_OF_OTHERS


@pytest.mark.parametrize("listed", READS_OF_OTHERS)
def test_the_columns_it_names_exist(listed: str) -> None:
    """A statement calls each table by an alias; `alias.column` has to be one of that table's."""
    module = importlib.import_module(listed.removesuffix(".py").replace("/", "."))
    statements = [text for text in vars(module).values() if isinstance(text, str) and STATEMENT.search(text)]
    named = {
        (table, column)
        for text in statements
        for table, alias in ALIAS.findall(text)
        for column in re.findall(rf"\b{alias}\.([a-z_]+)", text)
    }
    assert {table for text in statements for table, _ in ALIAS.findall(text)} >= READS_OF_OTHERS[listed]
    assert {(table, column) for table, column in named if column not in columns_of(table)} == set()


def test_a_column_that_goes_is_noticed() -> None:
    """The rule can fail: this is how it sees the one column of which there is none."""
    text = "SELECT account.email, account.horoscope FROM accounts_account account"
    [(table, alias)] = ALIAS.findall(text)
    assert set(re.findall(rf"\b{alias}\.([a-z_]+)", text)) - columns_of(table) == {"horoscope"}
