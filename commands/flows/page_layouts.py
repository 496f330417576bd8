"""Page layouts as JSON, by which a command shows and sets them: a list of rows, each by the names of its fields."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from common.problems import Code, Problem, Refused
from userflows.flows.answers import AnswerRules
from userflows.flows.page_layout import AttributeLayout, Option, RowWords

RULES = tuple(field.name for field in fields(AnswerRules))
PLAIN = {
    field.name: type(field.default)
    for field in fields(AttributeLayout)
    if field.name not in {"attribute", "options", "rules", "translations"}
}
TEXTS = ("label", "hint", "placeholder", "mismatch")


def layout_as_json(layout: Iterable[AttributeLayout]) -> list[dict[str, Any]]:
    """The rows as JSON has them, whole: what `layout_of_json` makes of them is the same."""
    return [_row_as_json(row) for row in layout]


def layout_in_file(path: Path) -> list[AttributeLayout]:
    """The rows of a file. Raises `CommandError` if it can't be read, or `Refused` for what isn't a row."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is no JSON: {error}.") from error
    if not isinstance(rows, list):
        raise _refused("", "Write a list of rows, as the command shows one.")
    return [_row_of_json(number, row) for number, row in enumerate(rows, start=1)]


def _row_as_json(row: AttributeLayout) -> dict[str, Any]:
    said = {
        language: {**{name: getattr(words, name) for name in TEXTS}, "options": dict(words.options)}
        for language, words in (row.translations or {}).items()
    }
    return {
        "attribute": row.attribute,
        **{name: getattr(row, name) for name in PLAIN},
        **vars(row.rules),
        "options": [Option(*option)._asdict() for option in row.options],
        "translations": said,
    }


def _row_of_json(number: int, row: Any) -> AttributeLayout:
    where = f"Row {number}"
    if not isinstance(row, dict) or not isinstance(row.get("attribute"), str):
        raise _refused("", f"{where}: write an object that names its “attribute”.")
    where = f"{where} ({row['attribute']})"
    known = {"attribute", "options", "translations", *PLAIN, *RULES}
    if unknown := sorted(set(row) - known):
        raise _refused("", f"{where}: nothing is known as {', '.join(unknown)}. Known are {', '.join(sorted(known))}.")
    types = {**PLAIN, **dict.fromkeys(RULES, str)}
    for name, kind in types.items():
        if name in row and type(row[name]) is not kind:
            raise _refused("", f"{where}: “{name}” has to be {_called(kind)}.")
    return AttributeLayout(
        attribute=row["attribute"],
        **{name: row[name] for name in PLAIN if name in row},
        rules=AnswerRules(**{name: row[name] for name in RULES if name in row}),
        options=[_option(where, each) for each in _all_of(row.get("options", []), where, "options", list)],
        translations=_translations(where, row["translations"]) if "translations" in row else None,
    )


def _option(where: str, option: Any) -> Option:
    told = _texts(where, option, allowed=Option._fields)
    return Option(told.get("text", ""), told.get("value", ""))


def _translations(where: str, told: Any) -> dict[str, RowWords]:
    words: dict[str, RowWords] = {}
    for language, said in _all_of(told, where, "translations", dict).items():
        rest = dict(_all_of(said, where, language, dict))
        options = _texts(where, rest.pop("options", {}))
        words[language] = RowWords(options=options, **_texts(where, rest, allowed=TEXTS))
    return words


def _texts(where: str, told: Any, *, allowed: Iterable[str] | None = None) -> Mapping[str, str]:
    texts = _all_of(told, where, "each part", dict)
    if not all(isinstance(text, str) for text in texts.values()):
        raise _refused("", f"{where}: {', '.join(texts)} have to be texts.")
    if allowed is not None and not set(texts) <= set(allowed):
        raise _refused("", f"{where}: of {', '.join(texts)} only these are known: {', '.join(allowed)}.")
    return dict(texts)


def _all_of(told: Any, where: str, name: str, kind: type) -> Any:
    if not isinstance(told, kind):
        raise _refused("", f"{where}: “{name}” has to be {_called(kind)}.")
    return told


def _called(kind: type) -> str:
    names = {str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "an object"}
    return names[kind]


def _refused(field: str, sentence: str) -> Refused:
    return Refused([Problem(Code.INVALID, field, sentence)])
