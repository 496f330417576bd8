"""What of a hook's answer counts on a customer's way to an account, and why the rest is left out."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL
from accounts.identity.lookup import custom_attribute_types
from accounts.identity.values import judged
from common.problems import Code, Refused
from common.text.translation import KeptSentence
from hooks.wire.answers import (
    ANSWERED,
    MODIFY,
    NO_ATTRIBUTE,
    NOT_A_VALUE,
    NOT_ADDRESS,
    NOT_ASKED,
    PREFILL,
    TOO_LONG,
    TOO_MUCH,
    HookAnswer,
    LeftOut,
)
from userflows.journeys.progress import can_be_kept

_PREFIX_ELSEWHERE = re.compile(r"^extension_[0-9a-f]{32}_", re.IGNORECASE)


def by_name_here(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of attributes, by the names that they have here: hooks that served Microsoft Entra External ID say
    `extension_<app ID>_loyaltyNumber`. A custom attribute that is called so here goes by it.
    """
    return {_name_here(name): value for name, value in said.items()}


def counting(answer: HookAnswer, left_out: LeftOut) -> dict[str, Any]:
    """Its values that count, by the names that attributes have here."""
    return by_name_here({name: value for name, value in answer.values.items() if name not in left_out})


def left_out_of(
    answer: HookAnswer,
    *,
    asked: Collection[str] | None = None,
    answered: Collection[str] = (),
    typed: Mapping[str, Any] | None = None,
) -> LeftOut:
    """The values that fill nothing in or change nothing, by the names that the answer gives, each with why.

    Of a form that is filled in, `asked` are the attributes that it asks for, `answered` those that its customer has
    answered, and `typed` is what is kept for it by now.
    """
    if answer.action not in {PREFILL, MODIFY}:
        return {}
    found = {name: _why_not(_name_here(name), value, asked, answered) for name, value in answer.values.items()}
    left = {name: why for name, why in found.items() if why}
    if answer.action == MODIFY or can_be_kept({**(typed or {}), **counting(answer, left)}):
        return left
    return {name: left.get(name, TOO_MUCH) for name in answer.values}


def _name_here(name: str) -> str:
    custom, bare = custom_attribute_types(), _PREFIX_ELSEWHERE.sub("", name)
    return bare if name not in custom and bare in custom else name


def _why_not(name: str, value: Any, asked: Collection[str] | None, answered: Collection[str]) -> KeptSentence | None:
    if name == EMAIL:
        return NOT_ADDRESS
    if name not in {*BUILT_IN_ATTRIBUTES, *custom_attribute_types()}:
        return NO_ATTRIBUTE
    if asked is not None and name not in asked:
        return NOT_ASKED
    return ANSWERED if name in answered else _why_no_value(name, value)


def _why_no_value(name: str, value: Any) -> KeptSentence | None:
    try:
        judged({name: value})
    except Refused as refusal:
        return TOO_LONG if refusal.problems[0].code == Code.TOO_LONG else NOT_A_VALUE
    return None
