"""What each language is called in the languages of customer pages, so that it is found by its reader's word for it.

The names are those of CLDR, read from a table that `python -m tools.language_names` makes: catalogues have none for
languages of one region, and Django's lack some of the others. It is read when somebody looks for a language.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_suffix(".json")


def names_in(language: str) -> Mapping[str, str]:
    """The names of all languages of customer pages, by their codes, in that of this code; none if it has no table."""
    return _table().get(language, {})


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(TABLE.read_text())
    return table
