"""The words of a page layout in one language, beside those that everybody else reads."""

from collections.abc import Mapping, Sequence

from django.http import QueryDict

from frame.words import OptionText, TextRow
from userflows.flows.collectable import CollectableAttribute
from userflows.flows.page_layout import Words
from userflows.models import FlowAttribute


def words_of_flow(rows: Sequence[FlowAttribute], language: str) -> dict[str, Words]:
    """The words of a language as they are kept, by attribute."""
    return {row.attribute: Words.of_texts(row.translations.get(language, {})) for row in rows}


def words_from(sent: QueryDict) -> dict[str, Words]:
    """The words as they were sent, unjudged."""
    words = {}
    for name in dict.fromkeys(sent.getlist("attribute")):
        texts, values = sent.getlist(f"{name}-option-text"), sent.getlist(f"{name}-option-value")
        words[name] = Words(sent.get(f"{name}-label", "").strip(), dict(zip(values, texts, strict=False)))
    return words


def text_rows(
    rows: Sequence[FlowAttribute],
    known: Mapping[str, CollectableAttribute],
    words: Mapping[str, Words],
    problems: Mapping[str, str] | None = None,
) -> list[TextRow]:
    """The rows to show, in the language that is active. `problems` goes by attribute and field: `city.label`."""
    return [
        _text_row(row, known[row.attribute], words.get(row.attribute, Words()), problems or {})
        for row in rows
        if row.attribute in known
    ]


def _text_row(row: FlowAttribute, attribute: CollectableAttribute, said: Words, problems: Mapping[str, str]) -> TextRow:
    return TextRow(
        name=f"{row.attribute}-label",
        label=str(attribute.label),
        # The product names built-in attributes in every language, unless somebody wrote a label.
        default=row.label or str(attribute.label),
        text=said.label,
        problem=problems.get(f"{row.attribute}.label", ""),
        is_default_own=attribute.is_custom or bool(row.label),
        key=row.attribute,
        options=[
            OptionText(option["value"], option["text"], said.options.get(option["value"], "")) for option in row.options
        ],
        options_problem=problems.get(f"{row.attribute}.options", ""),
    )
