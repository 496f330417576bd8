"""The words of a page layout in one language, beside those that everybody else reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.http import QueryDict

from common.languages import english_name
from userflows.flows.collectable import CollectableAttribute
from userflows.flows.page_layout import Words
from userflows.models import FlowAttribute


class OptionText(NamedTuple):
    """One option: its value, the text everybody else reads, and the text of this language."""

    value: str
    default: str
    text: str


@dataclass(frozen=True)
class WordsRow:
    """One row. `default` is the label without words of this language; `problems` goes by field: label, options.

    A row needs a label where the product has none of its own in every language.
    """

    attribute: CollectableAttribute
    needs_label: bool
    default: str
    label: str
    options: Sequence[OptionText]
    problems: Mapping[str, str]


@dataclass(frozen=True)
class LanguageChoice:
    """A language in the list of languages: how many of the texts it needs are said in it."""

    code: str
    name: str
    said: int
    needed: int


def words_of_flow(rows: Sequence[FlowAttribute], language: str) -> dict[str, Words]:
    """The words of a language as they are kept, by attribute."""
    kept = {row.attribute: row.translations.get(language, {}) for row in rows}
    return {name: Words(said.get("label", ""), said.get("options", {})) for name, said in kept.items()}


def words_from(sent: QueryDict) -> dict[str, Words]:
    """The words as they were sent, unjudged."""
    words = {}
    for name in dict.fromkeys(sent.getlist("attribute")):
        texts, values = sent.getlist(f"{name}-option-text"), sent.getlist(f"{name}-option-value")
        words[name] = Words(sent.get(f"{name}-label", "").strip(), dict(zip(values, texts, strict=False)))
    return words


def words_rows(
    rows: Sequence[FlowAttribute],
    known: Mapping[str, CollectableAttribute],
    words: Mapping[str, Words],
    problems: Mapping[str, str],
) -> list[WordsRow]:
    """The rows to show. `problems` goes by attribute and field, such as `city.label`."""
    shown = []
    for row in rows:
        if row.attribute in known:
            said = words.get(row.attribute, Words())
            attribute = known[row.attribute]
            prefix = f"{row.attribute}."
            shown.append(
                WordsRow(
                    attribute,
                    attribute.is_custom or bool(row.label),
                    row.label or str(attribute.label),
                    said.label,
                    [
                        OptionText(option["value"], option["text"], said.options.get(option["value"], ""))
                        for option in row.options
                    ],
                    {key.removeprefix(prefix): text for key, text in problems.items() if key.startswith(prefix)},
                )
            )
    return shown


def language_choices(
    rows: Sequence[FlowAttribute], known: Mapping[str, CollectableAttribute], codes: Sequence[str]
) -> list[LanguageChoice]:
    """The languages by their English names, and how far the layout is said in each."""
    choices = []
    for code in codes:
        shown = words_rows(rows, known, words_of_flow(rows, code), {})
        texts = [row.label for row in shown if row.needs_label]
        texts += [option.text for row in shown for option in row.options]
        choices.append(LanguageChoice(code, english_name(code), sum(map(bool, texts)), len(texts)))
    return sorted(choices, key=lambda choice: choice.name)
