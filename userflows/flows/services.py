"""Defining user flows: their method, what they ask for, and how.

One flow serves many applications; an application has exactly one, which the database keeps.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.identity.services.attributes import delete_custom_attribute as delete_definition
from accounts.models import CustomAttribute
from audit.services import Actor, record
from common.words import tidied_words, with_texts
from tenants.postgresql import announce_change
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.flows.page_layout import (
    MAX_OPTION_VALUE,
    AttributeLayout,
    Option,
    Words,
    layout_problems,
    takes_options,
    texts_of,
    words_problems,
)
from userflows.models import FlowAttribute, UserFlow

__all__ = [
    "AttributeLayout",
    "Option",
    "Words",
    "create_default_user_flow",
    "create_user_flow",
    "delete_user_flow",
    "set_page_layout",
    "translate_page_layout",
    "update_user_flow",
]

MAX_USER_FLOWS = 10
MAX_NAME = 64
DEFAULT_NAME = "Sign up and sign in"
DEFAULT_LAYOUT = (AttributeLayout("givenName"), AttributeLayout("surname"))


def create_default_user_flow(*, actor: Actor, allows_sign_up: bool = True) -> UserFlow:
    """Make the flow a new tenant begins with, which new applications use: a password, given name and surname."""
    flow = UserFlow(name=DEFAULT_NAME, allows_sign_up=allows_sign_up, is_default=True)
    with transaction.atomic():
        flow.save(force_insert=True)
        _replace_layout(flow, DEFAULT_LAYOUT, collectable_attributes())
        record("user_flow.created", actor=actor, target=flow)
    return flow


def create_user_flow(
    *, name: str, method: str, allows_sign_up: bool = True, attributes: Sequence[AttributeLayout] = (), actor: Actor
) -> UserFlow:
    """Make a flow that asks for these attributes, in this order.

    Raises `ValidationError` for `name`, `method`, or as `set_page_layout` does. A tenant has ten flows at most.
    """
    flow = UserFlow(name=_clean_name(name), method=_clean_method(method), allows_sign_up=allows_sign_up)
    known = collectable_attributes()
    _check_layout(attributes, known)
    with transaction.atomic():
        # The rows are locked before they are counted, so that of two people who create at once one is counted first.
        list(UserFlow.objects.select_for_update().values_list("pk"))
        if UserFlow.objects.count() >= MAX_USER_FLOWS:
            raise ValidationError({"name": f"A tenant can have {MAX_USER_FLOWS} user flows at most."})
        _save(flow, force_insert=True)
        _replace_layout(flow, attributes, known)
        record("user_flow.created", actor=actor, target=flow)
    return flow


def update_user_flow(flow: UserFlow, *, name: str, method: str, allows_sign_up: bool, actor: Actor) -> None:
    """Change the flow itself; its attributes stay. Raises `ValidationError` for `name` or `method`."""
    wanted = {"name": _clean_name(name), "method": _clean_method(method), "allows_sign_up": allows_sign_up}
    changed = [field for field, value in wanted.items() if getattr(flow, field) != value]
    for field, value in wanted.items():
        setattr(flow, field, value)
    with transaction.atomic():
        _save(flow, update_fields=list(wanted))
        record("user_flow.changed", actor=actor, target=flow, details={"fields": changed})
        _announce()


def set_page_layout(flow: UserFlow, *, layout: Sequence[AttributeLayout], actor: Actor) -> None:
    """Ask for exactly these attributes, in this order.

    Raises `ValidationError` keyed by `attributes` (unknown or repeated ones), or by attribute and field, such as
    `city.label`.
    """
    known = collectable_attributes()
    _check_layout(layout, known)
    with transaction.atomic():
        # One at a time: of two administrators who save at once, the later wins whole.
        UserFlow.objects.select_for_update().get(pk=flow.pk)
        _replace_layout(flow, layout, known)
        record(
            "user_flow.layout_changed",
            actor=actor,
            target=flow,
            details={"attributes": [row.attribute for row in layout]},
        )
        _announce()


def translate_page_layout(flow: UserFlow, *, language: str, words: Mapping[str, Words], actor: Actor) -> None:
    """Say the page layout in one more language; `words` goes by attribute. Rows it doesn't name lose their words.

    Raises `ValidationError` keyed by `language`, or by attribute and field, such as `city.label`.
    """
    if language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": "Customer pages aren't translated into this language."})
    found = {name: words_problems(said) for name, said in words.items()}
    problems = {f"{name}.{field}": text for name, fields in found.items() for field, text in fields.items()}
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        UserFlow.objects.select_for_update().get(pk=flow.pk)
        for row in flow.attributes.all():
            values = [option["value"] for option in row.options]
            texts = texts_of(words.get(row.attribute, Words()), values=values)
            row.translations = with_texts(row.translations, language, texts)
            row.save(update_fields=["translations"])
        details = {"attributes": list(words), "language": language}
        record("user_flow.layout_changed", actor=actor, target=flow, details=details)
        _announce()


def delete_user_flow(flow: UserFlow, *, actor: Actor) -> None:
    """Remove the flow. Raises `ValidationError` while applications use it, or if it is the default one."""
    if flow.is_default:
        raise ValidationError("This is the default user flow, which new applications use. It can't be deleted.")
    with transaction.atomic():
        current = UserFlow.objects.select_for_update().get(pk=flow.pk)
        # The relation is declared one floor above.
        applications = current.applications.count()
        if applications:
            raise ValidationError(
                f"Applications that use this user flow: {applications}. Give each another user flow first."
            )
        record("user_flow.deleted", actor=actor, target=flow)
        current.delete()
        _announce()


def _announce() -> None:
    """Tell every process to read this tenant's flows anew."""
    announce_change()


def _clean_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise ValidationError({"name": f"Enter a name of 1 to {MAX_NAME} characters."})
    return name


def _clean_method(method: str) -> str:
    if method not in UserFlow.Method.values:
        raise ValidationError({"method": f"Choose one of {', '.join(UserFlow.Method.values)}."})
    return method


def _save(flow: UserFlow, **how: Any) -> None:
    try:
        with transaction.atomic():
            flow.save(**how)
    except IntegrityError as error:
        raise ValidationError({"name": f"A user flow named “{flow.name}” exists. Choose another name."}) from error


def _check_layout(layout: Sequence[AttributeLayout], known: dict[str, CollectableAttribute]) -> None:
    names = [row.attribute for row in layout]
    problems: dict[str, Any] = {}
    unknown = [name for name in names if name not in known]
    if unknown:
        problems["attributes"] = [f"There is no attribute named “{name}” to ask for." for name in unknown]
    elif len(set(names)) < len(names):
        problems["attributes"] = "An attribute can be asked for once only."
    else:
        for row in layout:
            attribute = known[row.attribute]
            max_value = min(attribute.max_length, MAX_OPTION_VALUE)
            found = layout_problems(row, input_types=attribute.input_types, max_value=max_value)
            problems |= {f"{row.attribute}.{field}": problem for field, problem in found.items()}
    if problems:
        raise ValidationError(problems)


def _replace_layout(flow: UserFlow, layout: Sequence[AttributeLayout], known: dict[str, CollectableAttribute]) -> None:
    before = {row.attribute: row.translations for row in flow.attributes.all()}
    FlowAttribute.objects.filter(user_flow=flow).delete()
    rows = []
    for position, row in enumerate(layout):
        input_type = row.input_type or known[row.attribute].input_types[0]
        options = row.options if takes_options(input_type) else ()
        rows.append(
            FlowAttribute(
                user_flow=flow,
                attribute=row.attribute,
                label=row.label.strip(),
                is_required=row.is_required,
                input_type=input_type,
                options=[{"text": text.strip(), "value": value.strip()} for text, value in options],
                translations=_translations(row, before.get(row.attribute, {}), [value.strip() for _, value in options]),
                position=position,
            )
        )
    FlowAttribute.objects.bulk_create(rows)


def _translations(row: AttributeLayout, before: Mapping[str, Any], values: Sequence[str]) -> dict[str, Any]:
    """The row's words by language, without texts of options that are no more."""
    wanted = row.translations
    if wanted is None:
        wanted = {language: Words.of_texts(texts) for language, texts in before.items()}
    return tidied_words({language: texts_of(words, values=values) for language, words in wanted.items()})


def delete_custom_attribute(attribute: CustomAttribute, *, actor: Actor) -> None:
    """Remove the attribute, and from every page layout. Values that accounts have stay with them, unseen."""
    with transaction.atomic():
        FlowAttribute.objects.filter(attribute=attribute.name).delete()
        delete_definition(attribute, actor=actor)
        announce_change()
