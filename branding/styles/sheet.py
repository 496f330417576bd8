"""What is read of a brand's own CSS: rules, and what was left out of them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Selector:
    """What a rule is about, as a browser reads it; `subject` are the names of what it changes, its last part."""

    css: str
    subject: frozenset[str]


@dataclass(frozen=True)
class Media:
    """When a rule holds: conditions such as `(min-width:600px)`, and in which scheme ("": in both)."""

    conditions: tuple[str, ...] = ()
    scheme: str = ""


@dataclass(frozen=True)
class Declaration:
    """A property and its value. One that `tells_color` without saying of which scheme is meant for light pages."""

    name: str
    value: str
    tells_color: bool = False


@dataclass(frozen=True)
class Rule:
    """Declarations that hold for all the selectors."""

    media: Media
    selectors: tuple[str, ...]
    declarations: tuple[Declaration, ...]


@dataclass(frozen=True)
class LeftOut:
    """What pages don't use: where it begins (lines count from 1), and a sentence that says why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """A style sheet as it was read."""

    rules: Sequence[Rule] = ()
    left_out: Sequence[LeftOut] = ()
