"""A page layout as one JSON value, as a version keeps it: its rows in their order, each by the names of its columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.versions import version_of
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.rows import layout_of, row_of
from userflows.models import FlowAttribute, UserFlow

Content = Sequence[Mapping[str, Any]]
ORDER = ""
"""What is said to have changed where attributes stand in another order."""
_WHERE = {"id", "user_flow", "position"}
_COLUMNS = tuple(column.name for column in FlowAttribute._meta.concrete_fields if column.name not in _WHERE)


def written(layout: Sequence[AttributeLayout]) -> list[dict[str, Any]]:
    """The layout as it is kept."""
    return [{name: getattr(row, name) for name in _COLUMNS} for row in rows_of(layout, UserFlow())]


def read(content: Content) -> tuple[AttributeLayout, ...]:
    """The layout that was kept. What a row of another release lacks is as if nobody had chosen it."""
    return tuple(layout_of(FlowAttribute(**{name: row[name] for name in _COLUMNS if name in row})) for row in content)


def rows_of(layout: Sequence[AttributeLayout], flow: UserFlow) -> list[FlowAttribute]:
    """The rows that the flow would have by this layout, not written."""
    return [row_of(row, flow, position=position) for position, row in enumerate(layout)]


def changes_between(before: Sequence[AttributeLayout], after: Sequence[AttributeLayout]) -> list[str]:
    """The names of attributes that are asked for in another way, no more, or now; and `ORDER`."""
    old, new = ({row.attribute: row for row in each} for each in (before, after))
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    staying = [[name for name in each if name in old and name in new] for each in (old, new)]
    return changed + ([ORDER] if staying[0] != staying[1] else [])


def seen_as(layout: Sequence[AttributeLayout]) -> str:
    """A short name for it, by which somebody tells what they have looked at."""
    return version_of(layout)
