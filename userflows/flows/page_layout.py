"""How a flow asks for one attribute, and the rules for it, as pure values and functions.

The data types, input types and limits are those of the product our users come from.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from branding.policies import link_problem
from branding.policies import text_problem as hidden_characters_problem
from common.text.countries import NOT_A_COUNTRY, is_country
from common.text.texts import shortened
from common.text.translation import gettext as _
from userflows.flows.answers import ANYTHING, AnswerRules, answer_problem, rules_problems
from userflows.policies import HINT, LABEL, MISMATCH, OPTION_TEXT, PLACEHOLDER
from userflows.state import AT_SIGN_UP, LATER, MOST_SIGN_INS, WHENS

TEXT, LINES, NUMBER, CHECKBOX, RADIO, DROP_DOWN = "text", "lines", "number", "checkbox", "radio", "drop_down"
MULTI_CHECK, DATE, PHONE, COUNTRIES = "multi_check", "date", "phone", "countries"
# The first is what an attribute of that type is asked with unless somebody chooses otherwise.
INPUT_TYPES_BY_DATA_TYPE = {
    "Country": (COUNTRIES, DROP_DOWN, RADIO),
    "String": (TEXT, LINES, DROP_DOWN, RADIO, MULTI_CHECK),
    "Boolean": (CHECKBOX,),
    "Int": (NUMBER,),
    "Date": (DATE,),
    "Phone": (PHONE,),
    "UserName": (TEXT,),
}
INPUT_TYPES_WITH_OPTIONS = frozenset({RADIO, DROP_DOWN, MULTI_CHECK})
# Those that have a place for an example of what to type.
INPUT_TYPES_WITH_PLACEHOLDER = frozenset({TEXT, LINES, NUMBER, PHONE})
# Several answers are kept as one text, their values joined by this.
BETWEEN_VALUES = ","
MAX_LABEL = 512
MAX_HINT = 512
MAX_PLACEHOLDER = 128
MAX_OPTIONS = 50
MAX_OPTION_TEXT = 512
MAX_OPTION_VALUE = 250
LINK_ADDRESS = re.compile(r"\]\(([^)]*)")


class Option(NamedTuple):
    """One answer to choose from: `text` is what the customer reads, `value` what is kept and told in claims."""

    text: str
    value: str


class RowWords(NamedTuple):
    """What a row says in one language: its label, the texts of its options by their values, and what helps to answer.

    What is empty is said as the row itself says it.
    """

    label: str = ""
    options: Mapping[str, str] = MappingProxyType({})
    hint: str = ""
    placeholder: str = ""
    mismatch: str = ""

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> "RowWords":
        """From the texts of a language as they are kept (`common.text.words`)."""
        options = {name.removeprefix(OPTION_TEXT): text for name, text in texts.items() if name.startswith(OPTION_TEXT)}
        said = {name: texts.get(name, "") for name in (HINT, PLACEHOLDER, MISMATCH)}
        return cls(texts.get(LABEL, ""), options, **said)


@dataclass(frozen=True)
class AttributeLayout:
    """One row of a page layout. Without a label the attribute's own is shown; without an input type its usual one.

    `hint` stands below the input, `placeholder` in it. `default` is the answer there is before anybody gives one, as
    text: one that `is_hidden` isn't shown, and has no other. `is_editable` says whether customers may change it later.
    A row that `begins_page` and all below it stand on a page after those before.

    `asked` is when: `sign_up`, `missing` (at sign-up, and of whoever lacks it when they sign in) or `later` (of whoever
    lacks it, once they have signed in `after_sign_ins` times). `rules` are those for the answer. `translations` goes by
    language; None leaves those there are.
    """

    attribute: str
    label: str = ""
    is_required: bool = False
    input_type: str = ""
    options: Sequence[Option | tuple[str, str]] = ()
    hint: str = ""
    placeholder: str = ""
    default: str = ""
    is_hidden: bool = False
    is_editable: bool = True
    begins_page: bool = False
    asked: str = AT_SIGN_UP
    after_sign_ins: int = 0
    rules: AnswerRules = ANYTHING
    translations: Mapping[str, RowWords] | None = None


def input_types_for(data_type: str, *, is_custom: bool, has_lines: bool = True) -> tuple[str, ...]:
    """The input types an attribute of this data type may be asked with, the usual one first.

    A built-in attribute holds one text, so customers can't tick several answers for it.
    """
    left_out = {*(() if is_custom else (MULTI_CHECK,)), *(() if has_lines else (LINES,))}
    return tuple(one for one in INPUT_TYPES_BY_DATA_TYPE.get(data_type, ()) if one not in left_out)


def takes_options(input_type: str) -> bool:
    """Whether the customer chooses among options."""
    return input_type in INPUT_TYPES_WITH_OPTIONS


def takes_placeholder(input_type: str) -> bool:
    """Whether the input has a place for an example."""
    return input_type in INPUT_TYPES_WITH_PLACEHOLDER


def layout_problems(
    row: AttributeLayout,
    *,
    data_type: str,
    input_types: Sequence[str],
    max_value: int = MAX_OPTION_VALUE,
    is_unique: bool = False,
) -> dict[str, str]:
    """What is wrong with a row, as sentences by the names of its fields; empty if nothing is."""
    problems = {
        "label": label_problem(row.label),
        "hint": text_problem(row.hint, limit=MAX_HINT),
        "placeholder": hidden_characters_problem(row.placeholder, limit=MAX_PLACEHOLDER),
        **_when_problems(row),
        **rules_problems(row.rules, data_type=data_type, longest=max_value),
    }
    if row.input_type and row.input_type not in input_types:
        problems["input_type"] = _("“%(name)s” can’t be asked for this way.") % {"name": row.attribute}
    elif takes_options(row.input_type):
        problems["options"] = options_problem(row.options, max_value=min(max_value, MAX_OPTION_VALUE))
        if row.input_type == MULTI_CHECK and any(BETWEEN_VALUES in value for _, value in row.options):
            problems["options"] = problems["options"] or _("Values of several check boxes can’t hold a comma.")
        if COUNTRIES in input_types:
            problems["options"] = problems["options"] or countries_problem(row.options)
    if not any(problems.values()):
        is_given = is_unique and (row.default or row.is_hidden)
        alone = (
            _("This is unique to each customer: it can be neither hidden nor the same for everyone.")
            if is_given
            else ""
        )
        problems["default"] = alone or _default_problem(row, data_type=data_type, longest=max_value)
    for words in (row.translations or {}).values():
        problems |= words_problems(words)
    return {field: problem for field, problem in problems.items() if problem}


def _when_problems(row: AttributeLayout) -> dict[str, str]:
    if row.asked not in WHENS:
        return {"asked": _("Choose one of those shown.")}
    if row.asked == LATER and not 1 <= row.after_sign_ins <= MOST_SIGN_INS:
        return {"after_sign_ins": _("Choose a number of sign-ins from 1 to %(most)d.") % {"most": MOST_SIGN_INS}}
    return {}


def _default_problem(row: AttributeLayout, *, data_type: str, longest: int) -> str:
    if not row.default:
        return _("A hidden attribute needs a default: no one is asked for it.") if row.is_hidden else ""
    if data_type == "Boolean" and row.is_required and not row.is_hidden:
        return _("A required box can’t be ticked in advance: no one would have agreed to anything.")
    if takes_options(row.input_type):
        several = row.input_type == MULTI_CHECK
        chosen = row.default.split(BETWEEN_VALUES) if several else [row.default]
        is_known = {value.strip() for value in chosen} <= {value.strip() for _, value in row.options}
        return "" if is_known else _("Give the value of an option.")
    return answer_problem(row.default, row.rules, data_type=data_type, longest=longest)


def words_problems(words: RowWords) -> dict[str, str]:
    """What is wrong with a row's words in one language, as sentences by the names of its fields."""
    problems = {
        "label": label_problem(words.label),
        "hint": text_problem(words.hint, limit=MAX_HINT),
        "placeholder": hidden_characters_problem(words.placeholder, limit=MAX_PLACEHOLDER),
        "mismatch": text_problem(words.mismatch, limit=MAX_HINT),
    }
    for text in words.options.values():
        problem = text_problem(text, limit=MAX_OPTION_TEXT)
        if problem:
            problems["options"] = _("Option “%(option)s”: %(problem)s") % {"option": text[:40], "problem": problem}
    return {field: problem for field, problem in problems.items() if problem}


def texts_of(words: RowWords, *, values: Sequence[str]) -> dict[str, str]:
    """The words as texts of a language (`common.text.words`), for a row with options of these values."""
    options = {f"{OPTION_TEXT}{value}": text for value, text in words.options.items() if value in values}
    return {LABEL: words.label, **options, HINT: words.hint, PLACEHOLDER: words.placeholder, MISMATCH: words.mismatch}


def label_problem(label: str) -> str:
    """What is wrong with a label, as a sentence; empty if nothing is."""
    return text_problem(label, limit=MAX_LABEL)


def options_problem(options: Sequence[Option | tuple[str, str]], *, max_value: int = MAX_OPTION_VALUE) -> str:
    """What is wrong with the options of radio buttons or check boxes, as a sentence; empty if nothing is."""
    if not options:
        return _("Add at least one option, so that customers have something to choose.")
    if len(options) > MAX_OPTIONS:
        told = _("There are %(number)d options; at most %(most)d are allowed.")
        return told % {"number": len(options), "most": MAX_OPTIONS}
    seen: set[str] = set()
    for text, value in options:
        problem = _option_problem(text.strip(), value.strip(), max_value=max_value)
        if problem:
            return _("Option “%(option)s”: %(problem)s") % {"option": (text or value)[:40], "problem": problem}
        if value.strip() in seen:
            told = _("The value “%(value)s” is there twice. Give each option its own value.")
            return told % {"value": value.strip()}
        seen.add(value.strip())
    return ""


def countries_problem(options: Sequence[Option | tuple[str, str]]) -> str:
    """What is wrong with options to choose a country from, as a sentence; empty if nothing is."""
    strange = [value for _, value in options if not is_country(value.strip())]
    if not strange:
        return ""
    told = _("The value “%(value)s” isn’t a country.") % {"value": shortened(strange[0])}
    return f"{told} {NOT_A_COUNTRY}"


def text_problem(text: str, *, limit: int) -> str:
    """Why a text can't be shown to customers: too long, invisible characters, or a link a browser shouldn't follow."""
    problem = hidden_characters_problem(text, limit=limit)
    for address in LINK_ADDRESS.findall(text):
        problem = problem or link_problem(address)
    return problem


def _option_problem(text: str, value: str, *, max_value: int) -> str:
    if not text or not value:
        return _("Give each option both a text and a value.")
    return text_problem(text, limit=MAX_OPTION_TEXT) or hidden_characters_problem(value, limit=max_value)
