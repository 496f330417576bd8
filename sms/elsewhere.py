"""Who sends text messages with a code in our place, if anybody does: a floor above says so, the worker asks."""

from collections.abc import Callable
from dataclasses import dataclass

from common.text.translation import Sentence


@dataclass(frozen=True)
class HandedOver:
    """What became of it. Where it wasn't taken, `problem` says why, and `is_ours` whether we send it ourselves then."""

    is_taken: bool
    problem: Sentence | None = None
    is_ours: bool = False


@dataclass(frozen=True)
class Elsewhere:
    """`takes_texts` says whether the tenant being served has somebody for it, `hand_over` gives them one, to a number.

    The latter waits for them, and is called outside of any transaction.
    """

    takes_texts: Callable[[], bool] = lambda: False
    hand_over: Callable[[str, str], HandedOver] = lambda _to, _text: HandedOver(is_taken=False, is_ours=True)


_elsewhere = [Elsewhere()]


def send_texts(elsewhere: Elsewhere) -> None:
    """Have text messages sent so from now on."""
    _elsewhere[:] = [elsewhere]


def elsewhere() -> Elsewhere:
    """How they are sent."""
    return _elsewhere[0]
