"""How a flow asks for one attribute, and the rules for it, as pure values and functions.

The data types, input types and limits are those of the product our users come from.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

TEXT, NUMBER, CHECKBOX, RADIO, MULTI_CHECK = "text", "number", "checkbox", "radio", "multi_check"
# The first is what an attribute of that type is asked with unless somebody chooses otherwise.
INPUT_TYPES_BY_DATA_TYPE = {
    "String": (TEXT, RADIO, MULTI_CHECK),
    "Boolean": (CHECKBOX,),
    "Int": (NUMBER,),
}
INPUT_TYPES_WITH_OPTIONS = frozenset({RADIO, MULTI_CHECK})
MAX_LABEL = 512
MAX_OPTIONS = 50
MAX_OPTION_TEXT = 512
MAX_OPTION_VALUE = 250
MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(\s*([^)\s]*)[^)]*\)")
SAFE_LINK = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)


class Option(NamedTuple):
    """One answer to choose from: `text` is what the customer reads, `value` what is kept and told in claims."""

    text: str
    value: str


@dataclass(frozen=True)
class AttributeLayout:
    """One row of a page layout. Without a label the attribute's own is shown; without an input type its usual one."""

    attribute: str
    label: str = ""
    is_required: bool = False
    input_type: str = ""
    options: Sequence[Option | tuple[str, str]] = ()


def input_types_for(data_type: str) -> tuple[str, ...]:
    """The input types an attribute of this data type may be asked with, the usual one first."""
    return INPUT_TYPES_BY_DATA_TYPE.get(data_type, ())


def takes_options(input_type: str) -> bool:
    """Whether the customer chooses among options."""
    return input_type in INPUT_TYPES_WITH_OPTIONS


def layout_problems(row: AttributeLayout, *, data_type: str) -> dict[str, str]:
    """What is wrong with a row, as sentences by field (label, input_type, options); empty if nothing is."""
    problems = {"label": label_problem(row.label)}
    if row.input_type and row.input_type not in input_types_for(data_type):
        problems["input_type"] = f"An attribute of type {data_type} can't be asked for this way."
    elif takes_options(row.input_type):
        problems["options"] = options_problem(row.options)
    return {field: problem for field, problem in problems.items() if problem}


def label_problem(label: str) -> str:
    """What is wrong with a label, as a sentence; empty if nothing is."""
    if len(label) > MAX_LABEL:
        return f"Use {MAX_LABEL} characters at most."
    return text_problem(label)


def options_problem(options: Sequence[Option | tuple[str, str]]) -> str:
    """What is wrong with the options of radio buttons or check boxes, as a sentence; empty if nothing is."""
    if not options:
        return "Add at least one option, so that customers have something to choose."
    if len(options) > MAX_OPTIONS:
        return f"Use {MAX_OPTIONS} options at most."
    seen: set[str] = set()
    for text, value in options:
        problem = _option_problem(text, value)
        if problem:
            return problem
        if value in seen:
            return f"The value “{value}” is there twice. Give each option a value of its own."
        seen.add(value)
    return ""


def text_problem(text: str) -> str:
    """Why a text can't be shown to customers: control characters, or links a browser shouldn't follow."""
    if not all(character.isprintable() for character in text):
        return "This contains a line break or an invisible character. Type it anew."
    for address in MARKDOWN_LINK.findall(text):
        if not SAFE_LINK.match(address):
            return f"The link to “{address}” must begin with https:// or http:// (or mailto:)."
    return ""


def _option_problem(text: str, value: str) -> str:
    if not text.strip() or not value.strip():
        return "Give each option both a text and a value."
    if len(text) > MAX_OPTION_TEXT:
        return f"“{text[:20]}…” is too long. Use {MAX_OPTION_TEXT} characters at most for a text."
    if len(value) > MAX_OPTION_VALUE:
        return f"“{value[:20]}…” is too long. Use {MAX_OPTION_VALUE} characters at most for a value."
    return text_problem(text) or ("" if value.isprintable() else "A value contains an invisible character.")
