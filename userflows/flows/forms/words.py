"""The words of a page layout in one language, beside those that everybody else reads."""

from collections.abc import Iterator, Mapping, Sequence

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal_frame.fields.words import OptionText, TextRow
from userflows.flows.collectable import CollectableAttribute
from userflows.flows.page_layout import RowWords
from userflows.models import FlowAttribute, UserFlow
from userflows.policies import HINT, MISMATCH, PLACEHOLDER

# What the sentence about the terms is called in the form: no attribute's input ends so.
TERMS_TEXT = "terms-of-use"
# What a row says besides its label and options.
BESIDES = {
    HINT: _("Hint for %(label)s"),
    PLACEHOLDER: _("Placeholder of %(label)s"),
    MISMATCH: _("What is said of a %(label)s that doesn’t match"),
}


def words_of_flow(rows: Sequence[FlowAttribute], language: str) -> dict[str, RowWords]:
    """The words of a language as they are kept, by attribute."""
    return {row.attribute: RowWords.of_texts(row.translations.get(language, {})) for row in rows}


def words_from(sent: QueryDict) -> dict[str, RowWords]:
    """The words as they were sent, unjudged."""
    words = {}
    for name in dict.fromkeys(sent.getlist("attribute")):
        texts, values = sent.getlist(f"{name}-option-text"), sent.getlist(f"{name}-option-value")
        said = {each: sent.get(f"{name}-{each}", "").strip() for each in BESIDES}
        words[name] = RowWords(sent.get(f"{name}-label", "").strip(), dict(zip(values, texts, strict=False)), **said)
    return words


def terms_row(flow: UserFlow, text: str, problem: str = "") -> list[TextRow]:
    """The row of the sentence about the terms of use, where the flow says it itself."""
    if not flow.terms_text:
        return []
    return [TextRow(TERMS_TEXT, _("Terms of use"), default=flow.terms_text, text=text, problem=problem)]


def text_rows(
    rows: Sequence[FlowAttribute],
    known: Mapping[str, CollectableAttribute],
    words: Mapping[str, RowWords],
    problems: Mapping[str, str] | None = None,
) -> list[TextRow]:
    """The rows to show, in the language that is active. `problems` goes by attribute and field: `city.label`."""
    found: list[TextRow] = []
    for row in rows:
        if row.attribute in known:
            said = words.get(row.attribute, RowWords())
            found += [
                _text_row(row, known[row.attribute], said, problems or {}),
                *_besides(row, known[row.attribute], said, problems or {}),
            ]
    return found


def _besides(
    row: FlowAttribute, attribute: CollectableAttribute, said: RowWords, problems: Mapping[str, str]
) -> Iterator[TextRow]:
    """What else the row says, where it says it."""
    for name, what in BESIDES.items():
        default = getattr(row, name)
        if default:
            yield TextRow(
                name=f"{row.attribute}-{name}",
                label=what % {"label": row.label or attribute.label},
                default=default,
                text=getattr(said, name),
                problem=problems.get(f"{row.attribute}.{name}", ""),
            )


def _text_row(
    row: FlowAttribute, attribute: CollectableAttribute, said: RowWords, problems: Mapping[str, str]
) -> TextRow:
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
