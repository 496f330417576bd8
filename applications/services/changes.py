"""What writes about applications have in common."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import connection

from common.caches import announce

# What is wrong, by argument; empty where nothing is.
Problems = dict[str, str | list[str]]


def raise_if_any(problems: Mapping[str, str | list[str]]) -> None:
    """Raise `ValidationError` with those problems that aren't empty, if there are any."""
    found = {field: problem for field, problem in problems.items() if problem}
    if found:
        raise ValidationError(found)


def announce_change() -> None:
    """Tell all processes that applications of this tenant have changed."""
    announce(connection.schema_name)  # type: ignore[attr-defined]
