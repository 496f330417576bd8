"""How one page layout differs from another, by attribute, in the words of the form that edits them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from branding.languages.every import name_of_any_language
from branding.telling.differences import Difference
from branding.telling.values import NOTHING, TEXT, Told
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.flows.forms.questions import BOUNDS, WHEN, QuestionForm
from userflows.flows.layouts.content import ORDER, changes_between
from userflows.flows.page_layout import AttributeLayout, Option, RowWords
from userflows.models import FlowAttribute

_TICKS = ("begins_page", "is_hidden")
_RULES = ("minimum", "maximum", "pattern", "mismatch")
_TEXTS = ("hint", "placeholder", "default")


@dataclass(frozen=True)
class OfAttribute:
    """What differs about one attribute; `note` says so if it came or went as a whole."""

    name: str
    note: str
    differences: list[Difference]


def layout_differences(before: Sequence[AttributeLayout], after: Sequence[AttributeLayout]) -> list[OfAttribute]:
    """All that differs, by attribute, and then their order."""
    old, new = ({row.attribute: row for row in each} for each in (before, after))
    known = collectable_attributes()
    told = []
    for name in changes_between(before, after):
        if name == ORDER:
            orders = (" · ".join(_label(each, known) for each in one) for one in (old, new))
            told.append(OfAttribute(_("Order"), "", [_difference(_("Order"), *orders)]))
        else:
            note = "" if name in old and name in new else _("Added") if name in new else _("Removed")
            said = [dict(_said(row, known.get(name))) if row else {} for row in (old.get(name), new.get(name))]
            told.append(OfAttribute(_label(name, known), note, list(_differences(*said))))
    return told


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for label in dict.fromkeys([*old, *new]):
        if old.get(label, "") != new.get(label, ""):
            yield _difference(label, old.get(label, ""), new.get(label, ""))


def _difference(label: str, before: str, after: str) -> Difference:
    return Difference(label, _told(before), _told(after))


def _told(text: str) -> Told:
    return Told(TEXT, text) if text else Told(NOTHING)


def _label(name: str, known: Mapping[str, CollectableAttribute]) -> str:
    return str(known[name].label) if name in known else name


def _said(row: AttributeLayout, attribute: CollectableAttribute | None) -> Iterator[tuple[str, str]]:
    """What a row says, by what the form calls it; nothing where it says nothing."""
    labels = {name: str(field.label) for name, field in QuestionForm.base_fields.items()}
    if attribute and attribute.data_type in BOUNDS:
        labels["minimum"], labels["maximum"] = map(str, BOUNDS[attribute.data_type])
    yield _("Label"), row.label
    yield _("Input type"), str(FlowAttribute.InputType(row.input_type).label)
    yield _("Required"), _tick(row.is_required)
    yield _("Options"), _options(row.options)
    yield labels["asked"], str(WHEN[row.asked])
    yield labels["after_sign_ins"], str(row.after_sign_ins or "")
    for name in _TEXTS:
        yield labels[name], getattr(row, name)
    for name in _RULES:
        yield labels[name], getattr(row.rules, name)
    for name in _TICKS:
        yield labels[name], _tick(getattr(row, name))
    yield labels["is_fixed"], _tick(not row.is_editable)
    for language, words in sorted((row.translations or {}).items()):
        yield name_of_any_language(language), _words(words)


def _tick(is_on: Any) -> str:
    return _("Yes") if is_on else ""


def _options(options: Sequence[Option | tuple[str, str]]) -> str:
    return " · ".join(f"{text} ({value})" for text, value in options)


def _words(words: RowWords) -> str:
    said = (words.label, *words.options.values(), words.hint, words.placeholder, words.mismatch)
    return " · ".join(text for text in said if text)
