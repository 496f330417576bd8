"""Rules for what customers answer: how long or large it may be and what it has to look like, as pure functions."""

from dataclasses import dataclass
from datetime import date

from common.text.countries import NOT_A_COUNTRY, country_letters
from common.text.dates import NOT_A_DATE, TODAY, day_meant, iso_date
from common.text.patterns import LONGEST_PATTERN, is_pattern, matches
from common.text.phone_numbers import NOT_A_PHONE_NUMBER, phone_number
from common.text.texts import unseen_problem
from common.text.translation import gettext as _

MAX_MISMATCH = 512
# What JSON numbers hold exactly everywhere (RFC 8259 section 6).
LARGEST_NUMBER = 2**53 - 1
TICKED = "true"
# Which rules there are for which data type.
HAVE_BOUNDS, HAVE_PATTERN = frozenset({"String", "Int", "Date"}), frozenset({"String", "Phone", "UserName"})


@dataclass(frozen=True)
class AnswerRules:
    """What an answer has to be. `minimum` and `maximum` count the characters of a text, or are a number, or a day.

    They are written as text, "" where there is none; a day may be `today`. `pattern` is a regular expression that the
    whole answer has to match, `mismatch` what is said of one that doesn't.
    """

    minimum: str = ""
    maximum: str = ""
    pattern: str = ""
    mismatch: str = ""


ANYTHING = AnswerRules()


def whole_number(text: str) -> int | None:
    """The number that is written here; None if it is none, or beyond what can be kept."""
    digits = text.strip().removeprefix("-")
    # More digits than this no number has, and Python would take its time to read them.
    if not digits.isdecimal() or len(digits) > len(str(LARGEST_NUMBER)):
        return None
    number = int(text)
    return number if abs(number) <= LARGEST_NUMBER else None


def rules_problems(rules: AnswerRules, *, data_type: str, longest: int) -> dict[str, str]:
    """What is wrong with the rules, as sentences by their names; empty if nothing is."""
    problems = {
        "minimum": _bound_problem(rules.minimum, data_type=data_type, longest=longest),
        "maximum": _bound_problem(rules.maximum, data_type=data_type, longest=longest),
        "pattern": _pattern_problem(rules, data_type=data_type),
        "mismatch": unseen_problem(rules.mismatch),
    }
    if len(rules.mismatch) > MAX_MISMATCH:
        problems["mismatch"] = _("Use at most %(most)d characters.") % {"most": MAX_MISMATCH}
    elif rules.pattern and not rules.mismatch:
        problems["mismatch"] = _("Say what an answer has to look like: customers don’t read regular expressions.")
    if rules.minimum and rules.maximum and not problems["minimum"] and not problems["maximum"]:
        least, most = (_place_of(bound, data_type) for bound in (rules.minimum, rules.maximum))
        if least > most:
            problems["maximum"] = _("The largest is smaller than the smallest.")
    return {name: problem for name, problem in problems.items() if problem}


def as_kept(answer: str, *, data_type: str) -> str:
    """An answer that an administrator has written, in the spelling in which such an answer is kept."""
    answer = answer.strip()
    spelt = {"Date": iso_date, "Phone": phone_number, "Country": country_letters}.get(data_type)
    return (spelt(answer) if spelt else "") or answer


def answer_problem(answer: str, rules: AnswerRules, *, data_type: str, longest: int) -> str:
    """Why an answer, as an administrator writes it, can't be given to a question with these rules; "" if it can."""
    answer = as_kept(answer, data_type=data_type)
    problem = _not_of_type(answer, data_type=data_type, longest=longest)
    if problem:
        return problem
    if not is_within(answer, rules, data_type=data_type):
        return _("This is outside the limits set for it.")
    if rules.pattern and not matches(rules.pattern, answer):
        return _("This doesn’t match the regular expression.")
    return ""


def is_within(answer: str, rules: AnswerRules, *, data_type: str) -> bool:
    """Whether an answer of this type is neither less nor more than it may be."""
    if data_type not in HAVE_BOUNDS:
        return True
    place = len(answer) if data_type == "String" else _place_of(answer, data_type)
    least, most = (_place_of(bound, data_type) if bound else place for bound in (rules.minimum, rules.maximum))
    return least <= place <= most


def _place_of(bound: str, data_type: str) -> int:
    """By what bounds are compared: a number, which days have as well."""
    return date.fromisoformat(day_meant(bound)).toordinal() if data_type == "Date" else int(bound)


def _bound_problem(bound: str, *, data_type: str, longest: int) -> str:
    if not bound:
        return ""
    if data_type not in HAVE_BOUNDS:
        return _("Answers of this type have no limits.")
    if data_type == "Date":
        return "" if bound == TODAY or iso_date(bound) == bound else str(NOT_A_DATE)
    number = whole_number(bound)
    if number is None:
        return _("Enter a whole number.")
    if data_type == "String" and not 0 <= number <= longest:
        return _("Choose a number of characters from 0 to %(most)d.") % {"most": longest}
    return ""


def _pattern_problem(rules: AnswerRules, *, data_type: str) -> str:
    if not rules.pattern:
        return ""
    if data_type not in HAVE_PATTERN:
        return _("Only texts and phone numbers are matched with a regular expression.")
    if len(rules.pattern) > LONGEST_PATTERN:
        return _("Use at most %(most)d characters.") % {"most": LONGEST_PATTERN}
    if not is_pattern(rules.pattern):
        return _(
            "This isn’t a regular expression that can be matched in predictable time: it has a mistake, repeats "
            "too much, looks around (?=…) or refers back (\\1)."
        )
    return ""


def _not_of_type(answer: str, *, data_type: str, longest: int) -> str:
    """Why a text is no answer of this type."""
    if data_type == "String":
        too_long = _("Use at most %(most)d characters.") % {"most": longest} if len(answer) > longest else ""
        return too_long or unseen_problem(answer, has_lines=True)
    is_one, sentence = {
        "Int": (whole_number(answer) is not None, _("Enter a whole number.")),
        "Boolean": (answer == TICKED, _("Write “true” for a box that is ticked, or nothing.")),
        "Date": (iso_date(answer), NOT_A_DATE),
        "Phone": (phone_number(answer), NOT_A_PHONE_NUMBER),
        "Country": (country_letters(answer), NOT_A_COUNTRY),
    }[data_type]
    return "" if is_one else str(sentence)
