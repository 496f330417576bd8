"""What is wrong with something asked for, as values: services judge, doors show it in their own way.

A page puts the sentence at the field, a command behind the option, a protocol or an API answers with the code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from common.text.texts import name_problem
from common.text.translation import gettext


class Code(StrEnum):
    """What is wrong, for programs."""

    REQUIRED = "required"
    INVALID = "invalid"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    OUT_OF_RANGE = "out_of_range"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN = "unknown"
    TAKEN = "taken"
    CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `field` is "" if it is about the whole; `sentence` is for the person who asked.

    Where there are several alike, such as claims, `item` says which one: `claims.tier`.
    """

    code: Code
    field: str
    sentence: str
    item: str = ""


# For commands and programs, and so English; what a form of the portal says is `portal_frame.forms.CHANGED_MEANWHILE`.
_LOOK_AGAIN = "Somebody else changed this after you looked at it. Look again, then decide."
CHANGED_MEANWHILE = Problem(Code.CHANGED_MEANWHILE, "", _LOOK_AGAIN)


class Refused(ValidationError):
    """What was asked for isn't done; `problems` has all that is wrong. Django's forms know how to show it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        by_field: dict[str, list[ValidationError]] = {}
        for problem in self.problems:
            told = ValidationError(problem.sentence, code=problem.code)
            by_field.setdefault(problem.field or NON_FIELD_ERRORS, []).append(told)
        super().__init__(by_field)


def refuse_if_any(problems: Iterable[Problem]) -> None:
    """Raises `Refused` with these problems, unless there are none."""
    found = tuple(problems)
    if found:
        raise Refused(found)


def refuse_if_changed(seen: str, now: str) -> None:
    """Raises `Refused` if somebody who changes the whole of something has seen another version of it than there is now.

    Whoever names none ("") decides about whatever there is. Call it with the row locked: where there may be none
    yet, by `common.database.locks`.
    """
    if seen and seen != now:
        raise Refused([CHANGED_MEANWHILE])


def one_of(names: Iterable[str]) -> str:
    """The sentence about a choice that is none of these: which there are."""
    return gettext("Choose one of: %(names)s.") % {"names": ", ".join(names)}


def problems_in(error: ValidationError, field: str) -> list[Problem]:
    """What validators of Django's kind say of one value. A code that isn't one of ours becomes `INVALID`."""
    return [
        Problem(Code(each.code) if each.code in set(Code) else Code.INVALID, field, " ".join(each.messages))
        for each in error.error_list
    ]


def name_problems(name: str, *, longest: int, field: str = "name", item: str = "") -> list[Problem]:
    """What is wrong with a name that others read, if anything is."""
    code = Code.TOO_LONG if len(name) > longest else Code.INVALID if name.strip() else Code.REQUIRED
    return wrong(code, field, name_problem(name, longest=longest), item=item)


def wrong(code: Code, field: str, sentence: str, *, item: str = "") -> list[Problem]:
    """One problem if there is a sentence that says so, else none."""
    return [Problem(code, field, sentence, item)] if sentence else []
