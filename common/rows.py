"""Rows read at nearly every request, by statements written by hand: composing one costs more than running it."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def read_one(model: type[Row], statement: str, parameters: Sequence[Any]) -> Row | None:
    """The first row of a statement that selects all columns of the model's table."""
    rows = model._default_manager.raw(statement, parameters)  # noqa: SLF001 - how Django calls a model's manager
    return next(iter(rows), None)
