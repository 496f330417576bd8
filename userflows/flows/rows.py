"""Rows of a page layout as they stand in the database."""

from collections.abc import Sequence
from dataclasses import replace

from common.text.words import tidied_words
from userflows.flows.answers import ANYTHING, AnswerRules, as_kept
from userflows.flows.collectable import CollectableAttribute
from userflows.flows.page_layout import (
    AttributeLayout,
    Option,
    RowWords,
    takes_options,
    takes_placeholder,
    texts_of,
)
from userflows.models import FlowAttribute, UserFlow
from userflows.state import LATER

# What a layout says in a column of the same name, besides what is written out below.
PLAIN = ("hint", "placeholder", "default", "is_hidden", "is_editable", "begins_page", "asked", "after_sign_ins")


def layout_of(row: FlowAttribute) -> AttributeLayout:
    """How a flow asks for one attribute."""
    return AttributeLayout(
        attribute=row.attribute,
        label=row.label,
        is_required=row.is_required,
        input_type=row.input_type,
        options=tuple(Option(option["text"], option["value"]) for option in row.options),
        **{name: getattr(row, name) for name in PLAIN},
        rules=AnswerRules(row.minimum, row.maximum, row.pattern, row.mismatch),
        translations={language: RowWords.of_texts(texts) for language, texts in row.translations.items()},
    )


def without_more(layout: AttributeLayout) -> AttributeLayout:
    """The layout with nothing but its label, its way to be asked, and whether that is required."""
    return AttributeLayout(
        layout.attribute,
        label=layout.label,
        is_required=layout.is_required,
        input_type=layout.input_type,
        options=layout.options,
        translations=layout.translations,
    )


def row_of(layout: AttributeLayout, flow: UserFlow, *, position: int) -> FlowAttribute:
    """The row that says so, at this place in the flow, not written yet."""
    options = [Option(*option) for option in layout.options]
    return FlowAttribute(
        user_flow=flow,
        attribute=layout.attribute,
        label=layout.label,
        is_required=layout.is_required,
        input_type=layout.input_type,
        options=[option._asdict() for option in options],
        translations=tidied_words(_texts(layout, options)),
        position=position,
        **{name: getattr(layout, name) for name in PLAIN},
        **vars(layout.rules),
    )


def tidied(row: AttributeLayout, attribute: CollectableAttribute) -> AttributeLayout:
    """The row as it is kept: without blanks around texts, and without what its way to be asked has no use for."""
    input_type = row.input_type or attribute.input_types[0]
    options = tuple(
        Option(text.strip(), value.strip()) for text, value in (row.options if takes_options(input_type) else ())
    )
    kept = tidied_words(_texts(row, options))
    said = {language: RowWords.of_texts(texts) for language, texts in kept.items()}
    return replace(
        row,
        label=row.label.strip(),
        input_type=input_type,
        options=options,
        hint=row.hint.strip(),
        placeholder=row.placeholder.strip() if takes_placeholder(input_type) else "",
        default=as_kept(row.default, data_type=attribute.data_type),
        rules=ANYTHING if takes_options(input_type) else row.rules,
        after_sign_ins=row.after_sign_ins if row.asked == LATER else 0,
        translations=said,
    )


def _texts(row: AttributeLayout, options: Sequence[Option]) -> dict[str, dict[str, str]]:
    """The row's words by language, without those for options that are no more."""
    values = [option.value for option in options]
    return {language: texts_of(words, values=values) for language, words in (row.translations or {}).items()}
