"""Defining user flows: making and changing them.

One flow serves many applications; an application has exactly one, which the database keeps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.attributes import GIVEN_NAME, SURNAME
from audit.services import Actor, record
from branding.languages.offered import offer
from branding.words.services import copy_words
from captcha.description import captcha_in_force
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any, refuse_if_changed
from common.text.texts import name_problem
from hooks.services import serve_as_well
from tenants.postgresql import announce_change
from userflows.admission.rules import AdmissionRules
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.flows.description import (
    MAX_NAME,
    Collectable,
    UserFlowDescription,
    details_of,
    is_noticed,
    layouts_problems,
    problems_of,
)
from userflows.flows.layouts.versions import keep_published, take_back
from userflows.flows.page_layout import AttributeLayout, RowWords, words_problems
from userflows.flows.rows import layout_of, row_of, tidied
from userflows.methods import methods_on_offer
from userflows.models import FlowAttribute, UserFlow
from userflows.policies import LABEL

MAX_USER_FLOWS = 10
# A tenant that has as many can still try a change in a copy.
MAX_WITH_COPY = MAX_USER_FLOWS + 1
DEFAULT_NAME = "Sign up and sign in"
DEFAULT_LAYOUT = (AttributeLayout(GIVEN_NAME), AttributeLayout(SURNAME))


def describe(flow: UserFlow) -> UserFlowDescription:
    """All that was chosen about the flow, as one value."""
    return UserFlowDescription(
        name=flow.name,
        methods=tuple(flow.methods),
        allows_sign_up=flow.allows_sign_up,
        invited_only=flow.invited_only,
        is_default=flow.is_default,
        second_factor=flow.second_factor,
        factors=tuple(flow.factors),
        remember_days=flow.remember_days,
        asks_passkey=flow.asks_passkey,
        **vars(AdmissionRules.of_json(flow.sign_up_rules)),
        verifies_last=flow.verifies_last,
        sends_welcome=flow.sends_welcome,
        finished_url=flow.finished_url,
        takes_user_names=flow.takes_user_names,
        terms_version=flow.terms_version,
        terms_text=flow.terms_text,
        terms_translations={language: texts[LABEL] for language, texts in flow.terms_translations.items()},
        attributes=tuple(layout_of(row) for row in flow.attributes.all()),
    )


def create_default_user_flow(*, actor: Actor, allows_sign_up: bool = True) -> UserFlow:
    """Make the flow a new tenant begins with, which new applications use: a password, given name and surname."""
    wished = UserFlowDescription(
        DEFAULT_NAME, allows_sign_up=allows_sign_up, is_default=True, attributes=DEFAULT_LAYOUT
    )
    return create(wished, actor=actor)


def create_user_flow(*, name: str, actor: Actor, **values: Any) -> UserFlow:
    """Make a flow of this name; `values` are fields of a description by their names. Raises `Refused`."""
    return create(UserFlowDescription(name, **values), actor=actor)


def duplicate_user_flow(flow: UserFlow, *, name: str, actor: Actor) -> UserFlow:
    """Make a flow of this name, otherwise as this one; no application uses it.

    It says what that one says in words of its own, in the draft, and the hooks that name that one name it as well.
    Raises `Refused`, also if the tenant has ten flows and a copy already.
    """
    copied = replace(describe(flow), name=name, is_default=False)
    with transaction.atomic():
        copy = create(copied, actor=actor, details={"copied_from": str(flow.pk)}, most=MAX_WITH_COPY)
        copy_words(flow.pk, to=copy.pk)
        serve_as_well(str(copy.pk), beside=str(flow.pk), actor=actor)
    return copy


def create(
    description: UserFlowDescription,
    *,
    actor: Actor,
    details: dict[str, Any] | None = None,
    most: int = MAX_USER_FLOWS,
) -> UserFlow:
    """Make a flow that is as described; the event tells `details`.

    Raises `Refused`, also if the tenant has `most` flows already.
    """
    with transaction.atomic():
        # The rows are locked before they are counted, so that of two people who create at once one is counted first.
        if len(UserFlow.objects.select_for_update().values_list("pk")) >= most:
            raise Refused([too_many(most)])
        flow = UserFlow()
        after = _judged(flow, None, description)
        _save(flow, None, after, force_insert=True)
        keep_published(flow, None, after.attributes, actor=actor)
        record("user_flow.created", actor=actor, target=flow, details=details)
        announce_change()
    return flow


def too_many(most: int) -> Problem:
    """That the tenant has as many flows as it may have."""
    return Problem(Code.TOO_MANY, "name", _("A tenant can have %(most)d user flows at most.") % {"most": most})


def apply(flow: UserFlow, description: UserFlowDescription, *, expected_version: str = "", actor: Actor) -> None:
    """Make the flow as described: judge what differs, save it, note it, and tell all processes, each once.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Where
    nothing differs, nothing is noted. Raises `Refused`, which leaves `flow` as it was.
    """
    _change(flow, lambda _: description, expected_version=expected_version, actor=actor)


def change_user_flow(flow: UserFlow, *, actor: Actor, **values: Any) -> None:
    """As `apply`, for these fields of the description alone, by their names."""
    _change(flow, lambda now: replace(now, **values), expected_version="", actor=actor)


def set_page_layout(flow: UserFlow, *, layout: Sequence[AttributeLayout], actor: Actor) -> None:
    """Ask for exactly these attributes, in this order. A row that doesn't bring translations keeps those there are.

    Raises `Refused`.
    """
    _change(
        flow,
        lambda now: replace(now, attributes=with_words(layout, now.attributes)),
        expected_version="",
        actor=actor,
    )


def layout_obstacles(flow: UserFlow, layout: Sequence[AttributeLayout]) -> Sequence[str]:
    """Why `set_page_layout` would refuse this, in sentences; none if it wouldn't."""
    now = describe(flow)
    try:
        _judged(flow, now, replace(now, attributes=with_words(layout, now.attributes)))
    except Refused as refusal:
        return refusal.messages
    return ()


def translated_layout(
    layout: Sequence[AttributeLayout], *, language: str, words: Mapping[str, RowWords]
) -> tuple[AttributeLayout, ...]:
    """The layout said in one more language; `words` goes by attribute. Rows it doesn't name lose their words.

    Raises `Refused`.
    """
    _refuse_unspoken(language)
    refuse_if_any(
        Problem(Code.INVALID, field, sentence, f"attributes.{name}")
        for name, said in words.items()
        for field, sentence in words_problems(said).items()
    )

    def translated(row: AttributeLayout) -> AttributeLayout:
        others = {code: said for code, said in (row.translations or {}).items() if code != language}
        return replace(row, translations={**others, language: words.get(row.attribute, RowWords())})

    return tuple(map(translated, layout))


def translate_terms(flow: UserFlow, *, language: str, text: str, actor: Actor) -> None:
    """Translate the sentence at the box of the terms of use into a language; "" removes it. Raises `Refused`."""
    _refuse_unspoken(language)
    _change(flow, lambda now: _with_terms(now, language, text), expected_version="", actor=actor)


def hand_default_on(flow: UserFlow, *, to: UserFlow) -> bool:
    """Make another flow the default one, if this one is it; False if it isn't. The caller writes the event.

    Both are locked with all others (`locked_row`).
    """
    if not UserFlow.objects.filter(pk=flow.pk, is_default=True).update(is_default=False):
        return False
    UserFlow.objects.filter(pk=to.pk).update(is_default=True)
    return True


def _refuse_unspoken(language: str) -> None:
    if offer().find(language) is None:
        sentence = _("Customer pages aren’t translated into this language.")
        raise Refused([Problem(Code.UNKNOWN, "language", sentence)])


def _with_terms(now: UserFlowDescription, language: str, text: str) -> UserFlowDescription:
    return replace(now, terms_translations={**now.terms_translations, language: text})


def _change(
    flow: UserFlow,
    how: Callable[[UserFlowDescription], UserFlowDescription],
    *,
    expected_version: str,
    actor: Actor,
) -> None:
    with transaction.atomic():
        row = locked_row(flow)
        before = describe(row)
        refuse_if_changed(expected_version, before.version)
        after = _judged(row, before, how(before))
        details = details_of(before, after)
        if not details:
            return
        if is_noticed(details):
            row.number += 1
        _save(row, before, after)
        if before.attributes != after.attributes:
            take_back(row, actor=actor)
            keep_published(row, before.attributes, after.attributes, actor=actor)
        record("user_flow.changed", actor=actor, target=row, details=details)
        announce_change()
    for column in UserFlow._meta.concrete_fields:
        setattr(flow, column.attname, getattr(row, column.attname))


def _judged(row: UserFlow, before: UserFlowDescription | None, wished: UserFlowDescription) -> UserFlowDescription:
    """What is wished, tidied. Raises `Refused`."""
    known = collectable_attributes() if before is None or before.attributes != wished.attributes else {}
    name, terms = wished.name.strip(), wished.terms_translations
    said = {language: text.strip() for language, text in terms.items() if text.strip()}
    # No text in the database holds a NUL.
    is_taken = (
        not name_problem(name, longest=MAX_NAME) and UserFlow.objects.filter(name=name).exclude(pk=row.pk).exists()
    )
    named = replace(
        wished,
        name=name,
        finished_url=wished.finished_url.strip(),
        terms_version=wished.terms_version.strip(),
        terms_text=wished.terms_text.strip(),
        terms_translations=said,
    )
    on_offer = methods_on_offer() if before is None or before.methods != wished.methods else {}
    refuse_if_any(
        problems_of(
            before,
            named,
            is_name_taken=is_taken,
            collectable=_judged_by(known),
            methods=on_offer,
            has_captcha=captcha_in_force() is not None,
        )
    )
    if not known:
        return named
    return replace(named, attributes=_tidied(named.attributes, known))


def locked_row(flow: UserFlow, *, to_delete: bool = False) -> UserFlow:
    """The row of the flow, locked with all others, in one order: it may become the default one in the place of another.

    Applications may be given any of them meanwhile, unless it is `to_delete`. Raises `Refused` if it was deleted
    meanwhile.
    """
    rows = {each.pk: each for each in UserFlow.objects.select_for_update(no_key=not to_delete).order_by("pk")}
    if flow.pk not in rows:
        raise Refused([CHANGED_MEANWHILE])
    return rows[flow.pk]


def judged_layout(layout: Sequence[AttributeLayout]) -> tuple[AttributeLayout, ...]:
    """A page layout by itself, tidied. Raises `Refused`."""
    known = collectable_attributes()
    refuse_if_any(layouts_problems(layout, _judged_by(known)))
    return _tidied(layout, known)


def _judged_by(known: Mapping[str, CollectableAttribute]) -> dict[str, Collectable]:
    return {
        name: Collectable(each.data_type, tuple(each.input_types), each.max_length, each.is_unique)
        for name, each in known.items()
    }


def _tidied(
    layout: Sequence[AttributeLayout], known: Mapping[str, CollectableAttribute]
) -> tuple[AttributeLayout, ...]:
    return tuple(tidied(each, known[each.attribute]) for each in layout)


def with_words(layout: Sequence[AttributeLayout], now: Sequence[AttributeLayout]) -> tuple[AttributeLayout, ...]:
    """The layout, where a row that doesn't bring translations has those that it has now."""
    kept = {row.attribute: row.translations for row in now}
    return tuple(
        replace(row, translations=kept.get(row.attribute, {})) if row.translations is None else row for row in layout
    )


def _save(flow: UserFlow, before: UserFlowDescription | None, after: UserFlowDescription, **how: Any) -> None:
    flow.name, flow.methods, flow.allows_sign_up = after.name, list(after.methods), after.allows_sign_up
    flow.second_factor, flow.factors, flow.remember_days = after.second_factor, list(after.factors), after.remember_days
    flow.asks_passkey, flow.takes_user_names = after.asks_passkey, after.takes_user_names
    flow.verifies_last, flow.sends_welcome, flow.finished_url = (
        after.verifies_last,
        after.sends_welcome,
        after.finished_url,
    )
    flow.invited_only, flow.sign_up_rules = after.invited_only, after.admission.as_json()
    flow.terms_version, flow.terms_text = after.terms_version, after.terms_text
    flow.terms_translations = {language: {LABEL: text} for language, text in after.terms_translations.items()}
    if after.is_default and not flow.is_default:
        UserFlow.objects.filter(is_default=True).update(is_default=False)
    flow.is_default = after.is_default
    try:
        with transaction.atomic():
            flow.save(**how)
    except IntegrityError as error:
        sentence = _("A user flow named “%(name)s” already exists. Choose another name.") % {"name": flow.name}
        raise Refused([Problem(Code.TAKEN, "name", sentence)]) from error
    if before is None or before.attributes != after.attributes:
        if before is not None:
            FlowAttribute.objects.filter(user_flow=flow).delete()
        FlowAttribute.objects.bulk_create(
            row_of(row, flow, position=position) for position, row in enumerate(after.attributes)
        )
