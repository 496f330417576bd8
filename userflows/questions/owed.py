"""What a flow asks for at sign-up, and what an account still owes it when it signs in: decided from facts alone.

The rows of a page layout come in their order, each by the names of its columns (`userflows.models.ASKING`). Whoever
signs in is asked for what can't be done without each time, and for all else once in a while: they came for something
else.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from userflows.state import AT_SIGN_UP, LATER, MISSING, Question

# How long nobody is asked again for what they needn't answer.
REST = timedelta(days=30)


def questions_of(rows: Collection[Mapping[str, Any]]) -> dict[str, Any]:
    """What the rows say, by the fields of `FlowRules`."""
    pages = pages_of(rows)
    return {
        "asks_attributes": bool(pages),
        "pages": pages,
        "hidden": hidden_answers(rows),
        "later": later_questions(rows),
        "first": first_questions(rows),
        "agreements": agreements(rows),
    }


def pages_of(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """The attributes asked for at sign-up, page by page; a page that would ask for nothing is none."""
    pages: list[list[str]] = [[]]
    for row in rows:
        if row["begins_page"]:
            pages.append([])
        if not row["is_hidden"] and row["asked"] != LATER:
            pages[-1].append(row["attribute"])
    return tuple(tuple(page) for page in pages if page)


def hidden_answers(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, Any], ...]:
    """What an account has from its beginning without anybody being asked for it, by the names of attributes."""
    return tuple((row["attribute"], typed(row["default"], row["input_type"])) for row in rows if row["is_hidden"])


def typed(default: str, input_type: str) -> Any:
    """A default as it is kept and shown, in the type of what the input gives."""
    if input_type == "checkbox":
        return default == "true"
    return int(default) if input_type == "number" and default else default


def later_questions(rows: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """What is asked of whoever lacks it when they sign in."""
    return tuple(
        Question(row["attribute"], row["is_required"], row["input_type"] == "checkbox", row["after_sign_ins"])
        for row in rows
        if row["asked"] in {MISSING, LATER} and not row["is_hidden"]
    )


def first_questions(rows: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """What is asked of whoever comes for the first time to an account that was made for them: all that nobody who signs
    up by themselves can leave out.
    """
    return tuple(
        Question(row["attribute"], is_required=True, is_yes=row["input_type"] == "checkbox")
        for row in rows
        if row["is_required"] and row["asked"] != LATER and not row["is_hidden"]
    )


def agreements(rows: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """What whoever signs up has to agree to, asked at the first sign-in of whoever had their account made."""
    asked = first_questions(row for row in rows if row["asked"] == AT_SIGN_UP)
    return tuple(replace(each, is_first=True) for each in asked if each.is_yes)


def owed(
    questions: Iterable[Question],
    *,
    value_of: Callable[[str], Any],
    sign_ins: Callable[[], int],
    asked_at: datetime | None,
    now: datetime,
) -> tuple[str, ...]:
    """The names of those that are due for an account with these values, when it was `asked_at` last.

    `sign_ins`, how often it has signed in before, is asked for only if it decides anything.
    """
    may_rest = asked_at is not None and asked_at > now - REST
    missing = (each for each in questions if _is_missing(each, value_of(each.name)))
    wanted = [each for each in missing if each.is_required or not may_rest]
    return tuple(each.name for each in wanted if _is_time(each, sign_ins))


def owes_terms(accepted: Collection[str], version: str) -> bool:
    """Whether terms of use of this version, if of any, are still to be accepted."""
    return bool(version) and version not in accepted


def _is_time(question: Question, sign_ins: Callable[[], int]) -> bool:
    if question.is_first:
        return sign_ins() == 0
    return not question.after_sign_ins or sign_ins() >= question.after_sign_ins


def _is_missing(question: Question, value: Any) -> bool:
    return value is not True if question.is_yes and question.is_required else value in (None, "")
