"""Somebody who sends codes in our place, if anybody does: a floor above says so, and the worker asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.text.translation import KeptSentence

Sent = TypeVar("Sent")


@dataclass(frozen=True)
class HandedOver:
    """What became of it. Where it wasn't taken, `problem` says why, and `is_ours` whether we send it ourselves then."""

    is_taken: bool
    problem: KeptSentence | None = None
    is_ours: bool = False


@dataclass(frozen=True)
class Elsewhere(Generic[Sent]):
    """`takes_codes` says whether the tenant being served has somebody for it, `hand_over` gives them one, for whom.

    The latter waits for them, and is called outside of any transaction. It calls what it is given besides as soon as
    they have it, before anything is written into the database.
    """

    takes_codes: Callable[[], bool] = lambda: False
    hand_over: Callable[[str, Sent, Callable[[], None]], HandedOver] = lambda _to, _sent, _has_left: HandedOver(
        is_taken=False, is_ours=True
    )
