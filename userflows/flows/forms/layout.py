"""The page layout as it is edited: rows read from a sent form, moved about, and shown again with what is wrong.

The rows arrive in the order in which they stand on the page (the repeated field `attribute`), so a script that moves
a row and a button that asks the server to move it come to the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property

from common.problems import Refused
from userflows.flows.collectable import CollectableAttribute
from userflows.flows.forms.questions import QuestionForm, question_in
from userflows.flows.page_layout import MAX_OPTIONS, AttributeLayout, Option, takes_options
from userflows.models import FlowAttribute

EMPTY_OPTION = Option("", "")


@dataclass(frozen=True)
class LayoutRow:
    """One row of the editor. `problems` goes by the names of fields."""

    attribute: CollectableAttribute
    layout: AttributeLayout
    problems: Mapping[str, str]

    @property
    def input_types(self) -> list[tuple[str, str]]:
        """The ways to ask for it, as (value, words)."""
        words = dict(FlowAttribute.InputType.choices)
        return [(value, str(words[FlowAttribute.InputType(value)])) for value in self.attribute.input_types]

    @cached_property
    def question(self) -> QuestionForm:
        """What it says besides its label and options."""
        return QuestionForm(self.attribute, self.layout, self.problems)

    @property
    def is_question_wrong(self) -> bool:
        """Whether anything is wrong with that."""
        return not self.question.is_valid()

    @property
    def can_take_options(self) -> bool:
        """Whether some way to ask for it offers options."""
        return any(takes_options(input_type) for input_type in self.attribute.input_types)

    @property
    def options(self) -> list[Option]:
        """The options, and an empty one to type another into."""
        options = [Option(*option) for option in self.layout.options]
        return options if options and options[-1] == EMPTY_OPTION else [*options, EMPTY_OPTION]


def problems_by_row(refusal: Refused) -> dict[str, str]:
    """What was refused, by attribute and field, such as `city.label`; by field alone what belongs to no row."""
    found: dict[str, str] = {}
    for problem in refusal.problems:
        name = problem.item.removeprefix("attributes.")
        key = f"{name}.{problem.field}" if name else problem.field
        found[key] = f"{found[key]} {problem.sentence}" if key in found else problem.sentence
    return found


def layout_from(sent: QueryDict) -> list[AttributeLayout]:
    """The layout as it was sent, unjudged, empty options and all."""
    rows = []
    for name in dict.fromkeys(sent.getlist("attribute")):
        texts, values = sent.getlist(f"{name}-option-text"), sent.getlist(f"{name}-option-value")
        rows.append(
            AttributeLayout(
                attribute=name,
                label=sent.get(f"{name}-label", "").strip(),
                is_required=f"{name}-required" in sent,
                input_type=sent.get(f"{name}-input-type", ""),
                options=[Option(text.strip(), value.strip()) for text, value in zip(texts, values, strict=False)],
                **question_in(sent, name),
            )
        )
    return rows


def without_empty_options(layout: Sequence[AttributeLayout]) -> list[AttributeLayout]:
    """The layout without the rows nobody typed into."""
    return [replace(row, options=[option for option in row.options if option != EMPTY_OPTION]) for row in layout]


def edited(layout: list[AttributeLayout], sent: QueryDict) -> list[AttributeLayout] | None:
    """The layout after the small change a button asked for, yet unsaved; None if no such button was pressed."""
    if "move" in sent:
        direction, _, name = sent.get("move", "").partition(":")
        return _moved(layout, name, -1 if direction == "up" else 1)
    if "add_option" in sent:
        name = sent.get("add_option", "")
        return _with_options(layout, name, lambda options: [*options, EMPTY_OPTION][: MAX_OPTIONS + 1])
    if "remove_option" in sent:
        name, _, index = sent.get("remove_option", "").partition(":")
        return _with_options(
            layout, name, lambda options: [option for i, option in enumerate(options) if str(i) != index]
        )
    return None


def editor_rows(
    layout: Sequence[AttributeLayout],
    known: Mapping[str, CollectableAttribute],
    problems: Mapping[str, str] | None = None,
) -> list[LayoutRow]:
    """The rows to show. `problems` goes by attribute and field, such as `city.label`."""
    rows = []
    for row in layout:
        if row.attribute in known:
            prefix = f"{row.attribute}."
            own = {key.removeprefix(prefix): text for key, text in (problems or {}).items() if key.startswith(prefix)}
            rows.append(LayoutRow(known[row.attribute], row, own))
    return rows


def _moved(layout: list[AttributeLayout], name: str, by: int) -> list[AttributeLayout]:
    names = [row.attribute for row in layout]
    if name not in names:
        return layout
    start = names.index(name)
    rest = [row for row in layout if row.attribute != name]
    rest.insert(max(0, start + by), layout[start])
    return rest


def _with_options(layout: list[AttributeLayout], name: str, change: Any) -> list[AttributeLayout]:
    return [replace(row, options=change(row.options)) if row.attribute == name else row for row in layout]
